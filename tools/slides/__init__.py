"""Slides of a chapter, made of its page: what one shows, and notes of the rest."""

"""The book to take along: a PDF, and the site as a zip that needs no network."""

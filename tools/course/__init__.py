"""The course: questions, quizzes and editions, made from the book's own sources.

bank        the questions of `book/teach/questions`, read and checked against a schema
self_test   a Sphinx directive that puts questions into a page
keys        computes the answers with `gce_lib`
"""

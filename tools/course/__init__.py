"""The course: questions, quizzes and editions, made from the book's own sources.

bank        the questions of `book/teach/questions`, read and checked against a schema
self_test   a Sphinx directive that puts questions into a page
keys        computes the answers with `gce_lib`
render      Markdown of the bank as HTML
moodle      Moodle XML
canvas      QTI packages for Canvas
paper       pages that are printed
quiz        printable quizzes and their keys
exam        the exam and its key
student     the book without the solutions of its exercises
assignments students' notebooks and automatic grades, through nbgrader
"""

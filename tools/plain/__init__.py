"""Plain notebooks: the chapters for readers whose notebook knows no MyST.

Colab, GitHub and a bare JupyterLab show directives and roles as they are typed.  Here
they become Markdown that everybody renders: boxes are quotations, solutions and answers
fold away, references are words, and links lead to the published pages.

python -m tools.plain [FOLDER]    write them, by default below _build/notebooks
"""

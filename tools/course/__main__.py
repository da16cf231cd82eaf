"""python -m tools.course [moodle | canvas | quiz | exam | student | assignments …].

Makes the course's files below `_build/course`; without a name, all of them.

moodle   gce-questions.xml: the question bank for Moodle
canvas   canvas/*.zip: a QTI package a chapter, for Canvas
quiz     quiz/*.html and *.pdf: a printable quiz a chapter, with its key
exam     exam/*.html and *.pdf: an exam of 90 minutes, with its key
student  student/: the sources of the book without the solutions of its exercises;
         python -m tools.build_book _build/course/student makes its pages
assignments  a course for nbgrader: source/ with solutions, release/ for students
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.commands import one_of, parser
from tools.course import bank, keys
from tools.course.exam import read_exam, wrong_answers
from tools.course.paper import print_pdfs
from tools.course.render import file_name


def make_moodle(chapters: list[bank.Chapter], folder: Path) -> None:
    from tools.course.moodle import moodle_xml

    path = folder / "gce-questions.xml"
    moodle_xml(chapters).write(path, encoding="utf-8", xml_declaration=True)


def make_canvas(chapters: list[bank.Chapter], folder: Path) -> None:
    from tools.course.canvas import qti_zip

    (folder / "canvas").mkdir(exist_ok=True)
    for chapter in chapters:
        path = folder / "canvas" / f"{file_name(chapter)}.zip"
        path.write_bytes(qti_zip(chapter))


def make_quiz(chapters: list[bank.Chapter], folder: Path) -> None:
    from tools.course.quiz import write_quizzes

    (folder / "quiz").mkdir(exist_ok=True)
    print_all(write_quizzes(chapters, folder / "quiz"))


def make_exam(chapters: list[bank.Chapter], folder: Path) -> None:
    from tools.course.exam import write_exam

    (folder / "exam").mkdir(exist_ok=True)
    print_all(write_exam(read_exam(), folder / "exam"))


def print_all(pages: list[Path]) -> None:
    try:
        print_pdfs(pages)
    except RuntimeError as error:
        print(f"There are pages without PDFs: {error}", file=sys.stderr)


def make_student(chapters: list[bank.Chapter], folder: Path) -> None:
    from tools.course.student import write_student_edition

    write_student_edition(folder / "student")


def make_assignments(chapters: list[bank.Chapter], folder: Path) -> None:
    from tools.course.assignments import write_assignments

    write_assignments(folder / "assignments")


MAKERS = {
    "moodle": make_moodle,
    "canvas": make_canvas,
    "quiz": make_quiz,
    "exam": make_exam,
    "student": make_student,
    "assignments": make_assignments,
}


def main() -> int:
    command = parser(__doc__, "course")
    command.add_argument("names", nargs="*", type=one_of(MAKERS), help="what to make")
    args = command.parse_args()
    chapters = bank.read_bank()
    questions = [question for chapter in chapters for question in chapter.questions]
    wrong = [claim for each in questions for claim in keys.wrong_keys(each)]
    if wrong := [*wrong, *wrong_answers(read_exam())]:
        print("Wrong keys:", *wrong, sep="\n", file=sys.stderr)
        return 1
    args.to.mkdir(parents=True, exist_ok=True)
    for name in args.names or MAKERS:
        try:
            MAKERS[name](chapters, args.to)
        except RuntimeError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    print(f"{len(questions)} questions, every key computed.  The files: {args.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""nbgrader gives each answer its marks, and hands out nothing that tells an answer."""

import ast
import re

import nbformat
import pytest
import yaml

from tools import notebooks
from tools.course import assignments, bank

NAMES = assignments.names()
WRONG = yaml.safe_load(
    (bank.ROOT / "tests" / "course" / "wrong_answers.yml").read_text(encoding="utf-8")
)
POINTS = 10


def read(path):
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def master(name):
    return read(assignments.MASTERS / f"{name}.ipynb")


def points(nb):
    """The points of each test: {grade_id: points}."""
    graded = (cell.metadata.get("nbgrader", {}) for cell in nb.cells)
    return {each["grade_id"]: each["points"] for each in graded if each.get("grade")}


def test_every_assignment_is_on_the_page_for_teachers():
    page = (bank.ROOT / "book" / "teach" / "assess.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", page, re.M)) == NAMES


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    assignments.write_assignments(folder)
    return folder


@pytest.fixture(scope="module")
def grade(course):
    """Hand in a notebook for a student, and return the marks of each test."""
    nbgrader = assignments.open_course(course)

    def graded(name, student, nb):
        folder = course / "submitted" / student / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text(nbformat.writes(nb), encoding="utf-8")
        result = nbgrader.autograde(name, student, create=True)
        assert result["success"], result["log"]
        with nbgrader.gradebook as gradebook:
            found = gradebook.find_submission_notebook(name, name, student)
            return {each.name: each.score for each in found.grades}

    return graded


def test_there_are_five_and_three_mistakes_for_each():
    assert len(NAMES) == 5
    assert {name: len(mistakes) for name, mistakes in WRONG.items()} == dict.fromkeys(
        NAMES, 3
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_master_is_clean_and_its_points_add_up(name):
    text = (assignments.MASTERS / f"{name}.ipynb").read_text(encoding="utf-8")
    assert text == notebooks.serialise(notebooks.clean(master(name)))
    assert sum(points(master(name)).values()) == POINTS
    assert "**Ten points." in master(name).cells[0].source


@pytest.mark.parametrize("name", NAMES)
def test_points_in_headings_are_those_of_the_tests_below(name):
    announced, counted = [], []
    for cell in master(name).cells:
        if heading := re.match(r"## .*?(?:\((\d+) points?\))?$", cell.source, re.M):
            announced.append(int(heading[1] or 0))
            counted.append(0)
        elif "nbgrader" in cell.metadata and cell.metadata.nbgrader.grade:
            counted[-1] += cell.metadata.nbgrader.points
    assert announced == counted


@pytest.mark.parametrize("name", NAMES)
def test_the_student_file_holds_no_solution(course, name):
    handed_out = read(course / "release" / name / f"{name}.ipynb")
    text = "\n".join(cell.source for cell in handed_out.cells)
    solved = "\n".join(cell.source for cell in master(name).cells)
    marked = r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1"
    secrets = [m[2] for m in re.finditer(marked, solved, re.S)]
    assert len(secrets) >= 2 * 4
    for line in "\n".join(secrets).splitlines():
        assert len(line.strip()) <= 1 or line.strip() not in text.splitlines()
        assert len(line.strip()) < 25 or line.strip() not in text, line
    assert not re.search("SOLUTION|HIDDEN", text)
    assert text.count("YOUR CODE HERE") > solved.count("### BEGIN SOLUTION")
    for cell in handed_out.cells:
        if cell.cell_type == "code" and "%pip" not in cell.source:
            ast.parse(cell.source)
            assert cell.outputs == []


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_gets_full_marks(grade, name):
    assert grade(name, "reference", master(name)) == points(master(name))


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_notebook_gets_none(course, grade, name):
    empty = read(course / "release" / name / f"{name}.ipynb")
    assert grade(name, "empty", empty) == dict.fromkeys(points(empty), 0)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_costs_its_marks_and_no_others(grade, name, number):
    mistake, nb = WRONG[name][number], master(name)
    (cell,) = [cell for cell in nb.cells if mistake["was"] in cell.source]
    assert cell.metadata.nbgrader.solution
    cell.source = cell.source.replace(mistake["was"], mistake["is"])
    marks = grade(name, f"wrong-{number}", nb)
    lost = {each: full - marks[each] for each, full in points(nb).items()}
    assert {each: n for each, n in lost.items() if n} == mistake["loses"]


def test_a_test_that_a_student_has_emptied_is_put_back(course, grade):
    cheat = read(course / "release" / "noise" / "noise.ipynb")
    for cell in cheat.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "pass"
    assert set(grade("noise", "cheat", cheat).values()) == {0}


def test_what_is_made_again_leaves_the_submissions(course):
    handed_in = course / "submitted" / "someone" / "noise" / "noise.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("{}")
    assignments.write_assignments(course)
    assert handed_in.read_text() == "{}"
    assert (course / "gradebook.db").is_file()

"""The exam: points that are minutes, numbers that are computed, a key that is kept."""

import copy
import re

import jsonschema
import pytest
import yaml

from tools.course import exam, paper

EXAM = exam.read_exam()
PARTS = [part for problem in EXAM.problems for part in problem.parts]
RAW = yaml.safe_load((exam.FOLDER / "exam.yml").read_text(encoding="utf-8"))


def test_a_point_is_a_minute():
    assert EXAM.points == EXAM.minutes == 90
    assert sum(part.points for part in PARTS) == 90


def test_every_number_is_what_the_library_computes():
    assert list(exam.wrong_answers(EXAM)) == []
    assert sum(len(part.answers) for part in PARTS) >= 20


def test_a_wrong_number_is_found(tmp_path):
    raw = copy.deepcopy(RAW)
    raw["problems"][2]["parts"][3]["answers"][0]["value"] = 1.43
    path = tmp_path / "exam.yml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    (wrong,) = exam.wrong_answers(exam.read_exam(path))
    assert wrong.startswith("What noise can cost: expected 1.43, got 1.42")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.text[:30])
def test_a_solution_says_the_numbers_that_are_computed(part):
    said = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", part.solution)]
    for answer in part.answers:
        assert answer.value in said
    decimals = re.findall(r"\\approx (\d+\.\d+)", part.solution)
    assert {float(number) for number in decimals} <= {a.value for a in part.answers}


def test_an_exam_that_does_not_follow_its_schema_is_refused(tmp_path):
    raw = copy.deepcopy(RAW)
    del raw["problems"][0]["parts"][0]["solution"]
    path = tmp_path / "exam.yml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(jsonschema.ValidationError, match="solution"):
        exam.read_exam(path)


def test_the_sheet_tells_no_solution_and_the_key_all(tmp_path):
    pages = exam.write_exam(EXAM, tmp_path)
    sheet, key = (path.read_text(encoding="utf-8") for path in pages)
    for part in PARTS:
        assert paper.to_blocks(part.text) in sheet
        assert paper.to_blocks(part.solution) not in sheet
        assert paper.to_blocks(part.solution) in key
    assert 'class="solution"' not in sheet
    assert key.count('class="solution"') == len(PARTS)
    assert sheet.count(" points</span>") == len(PARTS)


def test_the_exam_is_printed(tmp_path):
    pages = exam.write_exam(EXAM, tmp_path)
    paper.print_pdfs(pages[:1])
    assert pages[0].with_suffix(".pdf").read_bytes().startswith(b"%PDF")

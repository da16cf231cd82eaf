"""The question bank: it follows its schema, and no wrong key survives."""

import copy
import dataclasses

import jsonschema
import pytest
import yaml

from tools.build_book import toc_files
from tools.course import bank, keys

CHAPTERS = bank.read_bank()
QUESTIONS = [question for chapter in CHAPTERS for question in chapter.questions]
BY_ID = {question.id: question for question in QUESTIONS}


def numbered_chapters():
    """The chapters of the numbered parts of the book."""
    toc = yaml.safe_load((bank.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [part for part in toc["parts"] if part.get("numbered")]
    return [name.removeprefix("book/") for name in toc_files(parts)]


def test_there_are_eighty_questions_of_four_types_with_different_names():
    assert len(QUESTIONS) >= 80
    assert len(BY_ID) == len(QUESTIONS)
    assert {q.type for q in QUESTIONS} == {"single", "multiple", "numeric", "order"}


def test_every_chapter_of_the_bank_is_in_the_book():
    assert {chapter.name for chapter in CHAPTERS} <= set(numbered_chapters())


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_each_chapter_asks_for_each_of_its_goals(chapter):
    assert len(chapter.questions) >= 5
    assert {question.goal for question in chapter.questions} == set(chapter.goals)
    assert len({question.difficulty for question in chapter.questions}) >= 2
    assert bank.source(chapter.name).is_file()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_no_wrong_key_survives(question):
    assert list(keys.wrong_keys(question)) == []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_options_fit_the_type(question):
    right = sum(option.right for option in question.options)
    if question.type == "single":
        assert right == 1
    if question.type == "multiple":
        assert 0 < right < len(question.options)
    if question.type == "order":
        assert len({bool(item.key) for item in question.options}) == 1
        assert question.shown != question.options
    assert sorted(question.shown, key=repr) == sorted(question.options, key=repr)


def test_the_right_option_stands_at_every_place():
    """A reader who always takes the first option must not do better than by chance."""
    first = [q.shown[0].right for q in QUESTIONS if q.type == "single"]
    assert 0.2 < sum(first) / len(first) < 0.5


def changed(name, **values):
    return dataclasses.replace(BY_ID[name], **values)


def test_a_wrong_number_is_found():
    assert list(keys.wrong_keys(changed("lq-doubted", value=50.0)))


def test_a_trap_within_the_answer_is_found():
    assert list(keys.wrong_keys(changed("wrong-noisy-accuracy", within=0.003)))


def test_a_wrong_statement_is_found():
    question = BY_ID["lq-ends"]
    swapped = [dataclasses.replace(o, right=not o.right) for o in question.options]
    assert list(keys.wrong_keys(changed("lq-ends", options=tuple(swapped))))


def test_a_wrong_order_is_found():
    items = BY_ID["bounds-which-q"].options
    assert list(keys.wrong_keys(changed("bounds-which-q", options=items[::-1])))


RAW = yaml.safe_load(bank.source("theory/lq-loss").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda q: q.pop("text"),
        lambda q: q.update(type="essay"),
        lambda q: q.update(difficulty=4),
        lambda q: q.update(colour="red"),
        lambda q: q.pop("feedback"),
        lambda q: q["traps"][0].pop("feedback"),
        lambda q: q.update(within=0),
    ],
)
def test_the_schema_refuses(spoil, tmp_path):
    raw = copy.deepcopy(RAW)
    spoil(raw["questions"][0])
    path = tmp_path / "lq-loss.yml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(jsonschema.ValidationError):
        bank.read_chapter(path)

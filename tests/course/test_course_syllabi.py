"""The syllabi add up to the minute, and point to what is there."""

import re

import pytest

from tools.course import bank

TEACH = bank.ROOT / "book" / "teach"
TEXT = (TEACH / "syllabi.md").read_text(encoding="utf-8")
SESSIONS = re.findall(
    r"^## (.*?) \((\d+) minutes\)\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S
)


def rows(text):
    """The rows of a table of times: (hours, minutes, length)."""
    found = re.findall(r"^\| (\d):(\d\d) \| (\d+) \|(.*)\|$", text, re.M)
    return [(60 * int(h) + int(m), int(length), rest) for h, m, length, rest in found]


def test_there_is_one_lecture_two_lectures_and_a_module_of_five_weeks():
    names = [name for name, _, _ in SESSIONS]
    assert len(re.findall(r"^## ", TEXT, re.M)) == len(names) == 8
    assert sum(name.startswith("Two lectures") for name in names) == 2
    weeks = [name for name in names if name.startswith("Five weeks")]
    assert [f"week {i}" in name for i, name in enumerate(weeks, 1)] == [True] * 5


@pytest.mark.parametrize(("name", "minutes", "text"), SESSIONS)
def test_a_session_adds_up_to_the_minute(name, minutes, text):
    total = 0
    for until, length, rest in rows(text):
        total += length
        assert until == total, rest
        assert all(cell.strip() for cell in rest.split("|"))
    assert total == int(minutes)


CHAPTERS = [chapter.name for chapter in bank.read_bank()]


def test_every_chapter_is_taught():
    assert set(re.findall(r"\(\.\./([\w/-]+)\.ipynb", TEXT)) == set(CHAPTERS)


@pytest.mark.parametrize("name", ["guide", "self-tests"])
def test_a_page_has_a_section_for_each_chapter_in_their_order(name):
    text = (TEACH / f"{name}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[.*\]\(\.\./(.*)\.ipynb\)$", text, re.M)
    assert headings == CHAPTERS


def test_every_section_shows_its_own_questions():
    text = (TEACH / "self-tests.md").read_text(encoding="utf-8")
    assert re.findall(r"^:::\{self-test\} (\S+)$", text, re.M) == CHAPTERS


def test_states_of_live_figures_name_what_the_figures_know():
    states = re.findall(r"`([\w-]+)\.html#([^`]+)`", TEXT)
    assert states
    for page, state in states:
        assert list(bank.ROOT.glob(f"book/*/{page}.ipynb")), page
        assert {pair.split("=")[0] for pair in state.split("&")} <= {"q", "k", "p"}

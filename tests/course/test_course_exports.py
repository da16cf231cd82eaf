"""Moodle, Canvas and paper: every question, every right answer, every feedback."""

import io
import re
import sys
import zipfile
from html import unescape
from xml.etree import ElementTree

import pytest

from tools.course import __main__ as course
from tools.course import bank, canvas, moodle, paper, quiz
from tools.course.render import to_html, to_paper

CHAPTERS = bank.read_bank()
QUESTIONS = {q.id: q for chapter in CHAPTERS for q in chapter.questions}
MOODLE_FRACTIONS = {100, 50, 33.33333, 25, 20, 0}


@pytest.fixture(scope="module")
def exported():
    """The questions as Moodle would read them from the file."""
    file = io.BytesIO()
    moodle.moodle_xml(CHAPTERS).write(file, encoding="utf-8", xml_declaration=True)
    root = ElementTree.fromstring(file.getvalue())
    return {q.findtext("name/text"): q for q in root if q.get("type") != "category"}


def test_formulas_and_special_characters_in_html():
    said = to_html("If $a < b$ & `x*y`, *then* 20 %")
    assert said == ("If \\(a &lt; b\\) &amp; <code>x*y</code>, <em>then</em> 20 %")


def test_moodle_has_every_question_with_every_feedback(exported):
    assert exported.keys() == QUESTIONS.keys()
    for name, question in QUESTIONS.items():
        said = {text.text for text in exported[name].iter("text")}
        for option in question.options:
            assert to_html(option.feedback) in said
        assert {question.chapter, f"difficulty {question.difficulty}"} <= said


def test_moodle_gives_full_marks_for_the_right_answer_only(exported):
    for name, question in QUESTIONS.items():
        answers = exported[name].findall("answer")
        fractions = [float(answer.get("fraction")) for answer in answers]
        if question.type == "order":
            assert [a.findtext("text") for a in answers] == [
                to_html(item.text) for item in question.options
            ]
            continue
        assert sum(f for f in fractions if f > 0) == pytest.approx(100, abs=0.001)
        assert {abs(f) for f in fractions} <= MOODLE_FRACTIONS
        if question.type == "numeric":
            assert float(answers[0].findtext("text")) == question.value
            assert float(answers[0].findtext("tolerance")) == question.within
            assert answers[-1].findtext("text") == "*"
        else:
            right = [fraction > 0 for fraction in fractions]
            assert right == [option.right for option in question.options]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_canvas_has_every_question_of_a_chapter(chapter):
    package = zipfile.ZipFile(io.BytesIO(canvas.qti_zip(chapter)))
    assert package.testzip() is None
    (name,) = [
        n for n in package.namelist() if re.search(r"/text2qti_assessment.*xml", n)
    ]
    text = package.read(name).decode()
    for question in chapter.questions:
        assert f'title="{question.id}"' in text
    items = ElementTree.fromstring(text).findall(".//{*}item")
    assert len(items) == len(chapter.questions)
    said = unescape(unescape(text))
    for question in chapter.questions:
        for option in question.options if question.type != "order" else ():
            plain = re.split(r'[$`*"]', option.feedback)[0]
            assert question.type == "numeric" or plain in said
    assert "/equation_images/" in text


def test_canvas_asks_for_an_order_as_a_choice_with_one_right_answer():
    for question in QUESTIONS.values():
        if question.type == "order":
            options = canvas.as_choice(question)
            assert len({option.text for option in options}) == 4
            (right,) = [option for option in options if option.right]
            texts = [item.text for item in question.options]
            assert right.text == " → ".join(texts)


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiz")
    quiz.write_quizzes(CHAPTERS[:1], folder)
    return folder


def test_the_quiz_tells_nothing_and_the_key_everything(sheets):
    sheet = (sheets / "problem-label-noise.html").read_text(encoding="utf-8")
    key = (sheets / "problem-label-noise-key.html").read_text(encoding="utf-8")
    for question in CHAPTERS[0].questions:
        assert to_paper(question.text) in sheet
        for option in question.options:
            assert to_paper(option.feedback) not in sheet
            assert to_paper(option.feedback) in key
    assert "✓" not in sheet
    choices = [q for q in CHAPTERS[0].questions if q.type in ("single", "multiple")]
    right = sum(option.right for question in choices for option in question.options)
    assert key.count("✓") == right


def test_letters_name_the_right_order():
    question = QUESTIONS["lq-pull-order"]
    shown = dict(zip("ABCD", question.shown, strict=True))
    named = tuple(shown[letter] for letter in quiz.letters(question))
    assert named == question.options


def test_the_quiz_is_printed_with_its_formulas(sheets):
    path = sheets / "problem-label-noise-key.html"
    paper.print_pdfs([path])
    pdf = path.with_suffix(".pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"STIXTwoMath" in pdf  # the font of the formulas


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["course", *map(str, arguments)])
    return course.main()


def test_the_command_makes_what_is_named(monkeypatch, tmp_path):
    assert run(monkeypatch, "moodle", "canvas", "exam", "--to", tmp_path) == 0
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"gce-questions.xml", "canvas", "exam"}
    assert len(list((tmp_path / "exam").glob("*.pdf"))) == 2
    assert len(list((tmp_path / "canvas").glob("*.zip"))) == len(CHAPTERS)


def test_the_command_refuses_an_unknown_name(monkeypatch, tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(monkeypatch, "slides", "--to", tmp_path)
    assert "got slides" in capsys.readouterr().err


def test_nothing_is_made_from_a_wrong_key(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(course.keys, "wrong_keys", lambda each: [f"{each.id} is wrong"])
    assert run(monkeypatch, "moodle", "--to", tmp_path) == 1
    assert "lq-dft is wrong" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_made_from_a_wrong_number_of_the_exam(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(course, "wrong_answers", lambda exam: ["expected 1, got 2"])
    assert run(monkeypatch, "moodle", "--to", tmp_path) == 1
    assert "expected 1, got 2" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_nbgrader_the_command_says_what_to_install(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setitem(sys.modules, "nbgrader.apps", None)
    assert run(monkeypatch, "assignments", "--to", tmp_path) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: The assignments need nbgrader: pip install -r req")

"""The self-tests in a page: with keyboard, without a script, in both themes."""

import subprocess
import sys

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from tools.browser import open_page
from tools.course import bank

PAGE = """# Questions

:::{self-test} theory/lq-loss
Not shown.
:::

:::{self-test} practice/training
:only: train-four-steps train-ess
:::
"""
LQ = {question.id: question for question in bank.read_bank()[3].questions}
SETTINGS = ("html_css_files", "html_context")
SITE_ONLY = (
    "tools.icons",
    "tools.address",
    "notfound",
    "sphinxext",
)


def build(folder, text=PAGE):
    """Build a book of one page with the settings of ours."""
    config = yaml.safe_load((bank.ROOT / "_config.yml").read_text(encoding="utf-8"))
    ours = config["sphinx"]["config"]
    settings = {key: ours[key] for key in SETTINGS}
    settings["extensions"] = [
        name for name in ours["extensions"] if not name.startswith(SITE_ONLY)
    ]
    settings["html_static_path"] = [str(bank.ROOT / "book" / "_static")]
    small = {
        "title": "A small book",
        "execute": {"execute_notebooks": "off"},
        "parse": config["parse"],
        "bibtex_bibfiles": [str(bank.ROOT / "book" / "references.bib")],
        "sphinx": {
            "config": settings,
            "local_extensions": {"tools.course.self_test": str(bank.ROOT)},
        },
    }
    (folder / "_config.yml").write_text(yaml.safe_dump(small), encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    (folder / "page.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "tools.build_book", str(folder)]
    return subprocess.run(command, cwd=bank.ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def page_path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    result = build(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder / "_build" / "html" / "page.html"


@pytest.fixture
def page(chromium, page_path):
    with open_page(chromium, page_path) as page:
        yield page
        assert page.problems == []


def question(page, name):
    return page.locator(f".self-test-question[data-id={name}]")


def check(page, name):
    """Press the button of a question and return what it says."""
    question(page, name).get_by_role("button", name="Check").click()
    return question(page, name).get_by_role("status").last.inner_text()


def choose(page, name, *, right):
    """Tick all options of a question that are (not) right."""
    inputs = question(page, name).locator("label.self-test-option input")
    for i, option in enumerate(LQ[name].shown):
        inputs.nth(i).set_checked(option.right == right)


def test_every_single_option_has_its_own_answer(page):
    inputs = question(page, "lq-dft").get_by_role("radio")
    for i, option in enumerate(LQ["lq-dft"].shown):
        inputs.nth(i).check()
        said = check(page, "lq-dft")
        assert said.startswith("Right." if option.right else "Not so.")
        assert option.feedback.split("$")[0].strip() in said


def test_all_that_is_right_must_be_chosen_and_nothing_else(page):
    assert "Choose an answer" in check(page, "lq-trade")
    choose(page, "lq-trade", right=False)
    assert "Not so." in check(page, "lq-trade")
    choose(page, "lq-trade", right=True)
    said = check(page, "lq-trade")
    assert said.count("Right.") == sum(
        option.right for option in LQ["lq-trade"].options
    )
    question(page, "lq-trade").get_by_role("checkbox", checked=True).first.uncheck()
    assert "something is missing" in check(page, "lq-trade")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("15.5", "Right."),
        ("15,4", "Right."),
        (" 50 ", "That is"),
        ("3", "Compare the weight"),
        ("fifty", "such as 0.25"),
        ("", "such as 0.25"),
    ],
)
def test_numbers(page, typed, said):
    question(page, "lq-doubted").get_by_role("textbox").fill(typed)
    question(page, "lq-doubted").get_by_role("textbox").press("Enter")
    answer = question(page, "lq-doubted").get_by_role("status").last
    assert said in answer.inner_text()


def test_items_are_ordered_by_keyboard_and_their_places_are_said(page):
    box = question(page, "train-four-steps")
    assert "stand at their place" in check(page, "train-four-steps")
    for place in range(4):
        item = box.locator(f"li[data-place='{place}']")
        while (
            at := item.evaluate("x => [...x.parentNode.children].indexOf(x)")
        ) > place:
            item.get_by_role("button", name="Move up").focus()
            page.keyboard.press("Enter")
            assert (
                f"Now at place {at} of 4"
                in box.get_by_role("status").first.inner_text()
            )
            assert item.evaluate("x => x.contains(document.activeElement)")
    assert "Load, corrupt, fit, look" in check(page, "train-four-steps")


def test_what_was_answered_is_remembered_and_forgotten(page):
    count = page.locator(".self-test-progress").first.get_by_role("status")
    assert count.inner_text() == "0 of 13 answered"
    choose(page, "lq-dft", right=True)
    check(page, "lq-dft")
    page.reload()
    assert count.inner_text() == "1 of 13 answered"
    assert "answered" in question(page, "lq-dft").inner_text()
    page.get_by_role("button", name="Start again").first.click()
    assert count.inner_text() == "0 of 13 answered"
    page.reload()
    assert count.inner_text() == "0 of 13 answered"


def test_it_works_where_nothing_can_be_kept(page):
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw Error(); } })"
    )
    page.reload()
    choose(page, "lq-dft", right=True)
    assert "Right." in check(page, "lq-dft")
    page.problems.clear()  # those of the theme, whose own scripts do not expect this


def test_without_a_script_every_answer_can_be_opened(chromium, page_path):
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(page_path.as_uri())
    box = question(page, "lq-dft")
    folds = box.locator("details.answer")
    assert folds.count() == len(LQ["lq-dft"].options)
    for i, option in enumerate(LQ["lq-dft"].shown):
        folds.nth(i).locator("summary").click()
        said = folds.nth(i).locator("p").inner_text()
        assert said.startswith("Right." if option.right else "Not so.")
    assert question(page, "train-four-steps").locator("details").count() == 1
    assert "Not shown" not in page.content()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_cut_and_axe_finds_nothing(chromium, page_path, width, theme):
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": theme}
    with open_page(chromium, page_path, **options) as page:
        for name in ("lq-dft", "lq-doubted", "lq-pull-order"):
            check(page, name)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        boxes = page.locator(".self-test-question")
        assert all(
            boxes.evaluate_all("all => all.map(x => x.scrollWidth <= x.clientWidth)")
        )
        results = Axe().run(page, context={"include": [[".self-test"]]})
        found = {
            (v["id"], v["nodes"][0]["html"]) for v in results.response["violations"]
        }
        assert found == set()


def test_other_pages_do_not_load_the_script(tmp_path):
    result = build(tmp_path, "# Nothing to ask\n")
    assert result.returncode == 0, result.stderr
    html = (tmp_path / "_build" / "html" / "page.html").read_text(encoding="utf-8")
    assert "self-test" not in html


@pytest.mark.parametrize(
    ("directive", "said"),
    [
        ("theory/nowhere", "expected a chapter with questions"),
        ("theory/lq-loss\n:only: lq-dft lq-nothing", "got {'lq-nothing'}"),
    ],
)
def test_a_wrong_name_fails_the_build(tmp_path, directive, said):
    result = build(tmp_path, f"# Questions\n\n:::{{self-test}} {directive}\n:::\n")
    assert result.returncode != 0
    assert said in result.stdout + result.stderr

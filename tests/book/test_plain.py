"""The notebooks for Colab and GitHub: nothing is left that only the book renders."""

import re

import nbformat
import pytest

from tools.notebooks import chapters
from tools.plain.__main__ import name, write
from tools.plain.blocks import Plain, parts
from tools.plain.boxes import fold, quote
from tools.plain.references import References, places

SITE = "https://books.test/b/"
MYST = re.compile(
    r":::|\{[\w:-]+\}`|^>?\s*\$\$ \(|^\([\w-]+\)=|\]\((?!https?:)", re.MULTILINE
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    written = write(folder)
    return {
        path.relative_to(folder).with_suffix("").as_posix(): nbformat.read(path, 4)
        for path in written
    }


every_chapter = pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)


@every_chapter
def test_what_is_written_is_plain(plain, path):
    nb = plain[name(path)]
    nbformat.validate(nb)
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            assert not MYST.search(cell.source), cell.source
            assert cell.source.count("<details") == cell.source.count("</details>")
    assert nb.cells[0].source.startswith("# ")
    assert f"{name(path)}.html)" in nb.cells[0].source


@every_chapter
def test_the_code_is_that_of_the_chapter(plain, path):
    def code(nb):
        cells = [cell.source for cell in nb.cells if cell.cell_type == "code"]
        return [source.removeprefix("#@title Solution\n") for source in cells]

    assert code(plain[name(path)]) == code(nbformat.read(path, 4))


@every_chapter
def test_no_solution_stands_in_plain_sight(plain, path):
    """Of every solution, text and code, in the chapter: folded, or hidden."""
    inside = False
    solutions = []
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            solutions += [cell.source] if inside else []
            continue
        for part in parts(cell.source):
            if isinstance(part, str):
                solutions += [part] if inside and part.strip() else []
            elif part.name == "solution":
                solutions.append(part.body)
            elif part.name.startswith("solution-"):
                inside = part.name == "solution-start"
    nb = plain[name(path)]
    folded = sum(
        cell.source.count("<summary>Solution</summary>")
        if cell.cell_type == "markdown"
        else cell.metadata.get("cellView") == "form"
        and cell.metadata["jupyter"]["source_hidden"]
        for cell in nb.cells
    )
    assert folded == len(solutions)
    if path.stem in ("bounds", "pitfalls", "lq-loss"):
        assert folded > 3


def resolved(text, works=None):
    labels = places("book/theory/here", ["$$\nx\n$$ (eq-a)\n\n$$\ny\n$$ (eq-b)"])
    labels |= places("book/theory/there", [":::{prf:lemma} Sums\n:label: lem\nz\n:::"])
    return References("book/theory/here", SITE, labels, works).resolve(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see {eq}`eq-b`", "see (2)"),
        ("$$\nx\n$$ (eq-a)", "$$\nx\n\\tag{1}\n$$"),
        ("by {prf:ref}`lem`", f"by [Lemma “Sums”]({SITE}book/theory/there.html#lem)"),
        ("[n](../notation.md)", f"[n]({SITE}book/notation.html)"),
        ("[n](there.ipynb#x)", f"[n]({SITE}book/theory/there.html#x)"),
        ("[n](#x)", f"[n]({SITE}book/theory/here.html#x)"),
        ("[n](lem)", f"[n]({SITE}book/theory/there.html#lem)"),
        ("[n](https://a.test/b)", "[n](https://a.test/b)"),
        ("(lem)=\n## Title", "## Title"),
    ],
)
def test_references_become_words_and_full_addresses(text, expected):
    assert resolved(text) == expected


def test_a_label_that_does_not_exist_is_no_silent_gap():
    with pytest.raises(KeyError, match="eq-none"):
        resolved("see {eq}`eq-none`")


def test_authors_are_cited_as_in_the_book(plain):
    text = "\n".join(cell.source for cell in plain["book/practice/reproduction"].cells)
    assert "[Zhang and Sabuncu (2018)](https://" in text
    assert re.search(r"\[\w+ et al\. \(20\d\d\)\]", text)


def test_boxes_are_quotations_and_what_waits_is_folded():
    nested = "::::{admonition} A\n:::{prf:proof}\nq.e.d.\n:::\n::::"
    assert Plain().markdown(nested) == quote("A", fold("Proof", "q.e.d."))
    tip = ":::{admonition} B\n:class: dropdown\nb\n:::"
    assert Plain().markdown(tip) == fold("B", "b")
    with pytest.raises(ValueError, match="directive of the chapters, got 'figure'"):
        Plain().markdown(":::{figure} x\n:::")
    with pytest.raises(ValueError, match=r"expected an end of ':::\{admonition\} A'"):
        Plain().markdown(":::{admonition} A\nb")


def test_a_solution_goes_on_in_the_cells_that_follow():
    plain = Plain()
    assert plain.markdown(":::{solution-start} x\n:::\na") == fold("Solution", "a")
    assert plain.inside_solution
    rest = plain.markdown("b\n:::{solution-end}\n:::\nc")
    assert rest == fold("Solution", "b") + "\n\nc"
    assert not plain.inside_solution

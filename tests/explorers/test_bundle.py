"""ES modules made into one: what is refused, and that no script is tied to nothing."""

import re

import pytest

from gce_lib import explorers
from gce_lib.explorers import bundle as bundler

ENTRIES = ["loss", "bounds", "noise", "pruning", "records", "tokens", "playground"]


@pytest.fixture
def web(tmp_path, monkeypatch):
    """Write modules into a folder of their own; returns the bundle of main.js."""
    monkeypatch.setattr(bundler, "WEB", tmp_path)

    def write(**sources):
        for name, source in sources.items():
            (tmp_path / f"{name}.js").write_text(source + "\n", encoding="utf-8")
        bundler.bundle.cache_clear()
        return bundler.bundle("main.js")

    yield write
    bundler.bundle.cache_clear()


def test_modules_keep_their_scopes_and_exports_their_names(web, chromium):
    text = web(
        main='import { f as g, x } from "./a.js";\nconst hidden = 1;\n'
        "export default [g(), x, hidden];",
        a='import { y } from "./b.js";\nconst hidden = 2;\n'
        "export function f() {\n  return hidden + y;\n}\nexport const x = 5;",
        b="const hidden = 40;\nexport const y = hidden;",
    )
    page = chromium.new_page()
    found = page.evaluate(
        """async (source) => (await import(URL.createObjectURL(
            new Blob([source], { type: "text/javascript" })))).default""",
        text,
    )
    page.close()
    assert found == [42, 5, 1]


@pytest.mark.parametrize(
    "sources",
    [
        {"main": 'import * as a from "./a.js";', "a": ""},
        {"main": 'import a from "./a.js";', "a": ""},
        {"main": 'import { a } from "./a.js";', "a": "export default 1;"},
        {"main": 'import { a } from "./a.js";', "a": "export { a };"},
        {"main": 'import { a } from "./a.js";', "a": "export let a = 1;"},
    ],
)
def test_other_forms_of_import_and_export_are_refused(web, sources):
    with pytest.raises(ValueError, match=r"must (import|export) \{ names \}, got"):
        web(**sources)


def test_a_circle_is_refused(web):
    with pytest.raises(ValueError, match="must not import itself"):
        web(
            main='import { a } from "./a.js";',
            a='import { b } from "./b.js";\nexport const a = 1;',
            b='import { a } from "./a.js";\nexport const b = 1;',
        )


def test_every_script_is_imported_by_a_figure_and_by_what_it_exports():
    sources = {
        path.relative_to(bundler.WEB).as_posix(): path.read_text(encoding="utf-8")
        for path in bundler.WEB.rglob("*.js")
    }
    bundles = [bundler.bundle(f"{name}/{name}.js") for name in ENTRIES]
    for name in sources:
        variable = "$" + re.sub(r"\W", "_", name.removesuffix(".js"))
        entry = name in [f"{entry}/{entry}.js" for entry in ENTRIES]
        assert entry or any(f"const {variable} = " in text for text in bundles), name
    written = re.compile(r"-Math\.expm1\(-q \* \w+\) / q")
    formula = [name for name, text in sources.items() if written.search(text)]
    assert formula == ["lq.js"]  # L_q is written once


def test_each_explorer_has_a_bundle_of_its_own():
    modules = [getattr(explorers, name)._esm for name in explorers.__all__]
    assert len(set(modules)) == len(ENTRIES)
    assert all("export default" in module for module in modules)

"""What the site tells to those who link to it, search it or lose their way."""

from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup

from tools.address import site
from tools.build_book import ROOT, toc_files
from tools.course.exam import read_exam

SITE = ROOT / "_build" / "html"
PAGES = toc_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]
BASE = site(REPOSITORY["url"])


def page(name: str) -> BeautifulSoup:
    text = (SITE / f"{name}.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


def test_the_site_is_where_the_repository_says():
    assert site("https://github.com/Some-Body/a-book") == (
        "https://some-body.github.io/a-book/"
    )


def test_the_sitemap_lists_every_page():
    listed = {place.text for place in ElementTree.parse(SITE / "sitemap.xml").iter()}
    assert {f"{BASE}{name}.html" for name in PAGES} <= listed


@pytest.mark.parametrize("name", PAGES)
def test_a_shared_page_has_a_description_and_a_picture(name):
    said = {
        meta.get("property") or meta.get("name"): meta.get("content")
        for meta in page(name).select("meta[content]")
    }
    assert len(said["description"]) > 30
    assert said["og:url"] == f"{BASE}{name}.html"
    picture = SITE / said["og:image"].removeprefix(BASE)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_site_holds_no_key():
    parts = [part for problem in read_exam().problems for part in problem.parts]
    secrets = [part.solution[:40] for part in parts] + ["BEGIN SOLUTION"]
    kinds = {".html", ".ipynb", ".js", ".md", ".py", ".txt", ".yml"}
    files = [path for path in SITE.rglob("*") if path.suffix in kinds]
    assert len(files) > len(PAGES)
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not any(secret in text for secret in secrets), path


def test_a_wrong_address_leads_back_into_the_book():
    """The page is served at any depth, so its links name the whole path."""
    lost = page("404")
    prefix = "/" + BASE.split("/", 3)[3]
    links = [link["href"] for link in lost.select("link[rel=stylesheet][href]")]
    links += [link["href"] for link in lost.select("nav a[href]")]
    inside = [link for link in links if not link.startswith(("https://", "#"))]
    assert len(inside) > 10
    for link in inside:
        assert link.startswith(prefix)
        path = urlsplit(link).path.removeprefix(prefix)
        assert Path(SITE, path).exists()


def test_the_edition_lists_every_chapter_as_executed():
    rows = page("book/reference/edition").select("table tbody tr")
    states = {row.td.get_text(strip=True): row.get_text() for row in rows}
    chapters = [name for name in PAGES if (ROOT / f"{name}.ipynb").exists()]
    assert set(states) >= set(chapters)
    assert all("✅" in state for state in states.values())

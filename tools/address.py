"""A Sphinx extension: where the book is published follows from where its source is.

A project site of GitHub Pages; from it come the sitemap, the paths of the page for
addresses that do not exist, and the previews of shared links.  The sitemap is written
here, of every page: the extension for it lists only those that the last build wrote.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from sphinx.application import Sphinx
from sphinx.config import Config

SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def site(repository: str) -> str:
    """Return the address of the pages of a repository on GitHub, with a slash."""
    owner, name = urlsplit(repository).path.strip("/").split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def address(app: Sphinx, config: Config) -> None:
    """Tell it to the extensions that need it."""
    config.html_baseurl = site(config.html_theme_options["repository_url"])
    config.ogp_site_url = config.html_baseurl
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path


def sitemap(app: Sphinx, error: Exception | None) -> None:
    """Write the addresses of all pages."""
    if error or app.builder.format != "html":
        return
    places = ElementTree.Element("urlset", xmlns=SITEMAPS)
    for page in sorted(app.env.found_docs):
        place = ElementTree.SubElement(places, "url")
        own = app.config.html_baseurl + app.builder.get_target_uri(page)
        ElementTree.SubElement(place, "loc").text = own
    tree = ElementTree.ElementTree(places)
    tree.write(Path(app.outdir) / "sitemap.xml", "utf-8", xml_declaration=True)


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", address, priority=100)
    app.connect("build-finished", sitemap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

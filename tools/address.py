"""A Sphinx extension: where the book is published follows from where its source is.

A project site of GitHub Pages; from it come the sitemap, the paths of the page for
addresses that do not exist, and the previews of shared links.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config


def site(repository: str) -> str:
    """Return the address of the pages of a repository on GitHub, with a slash."""
    owner, name = urlsplit(repository).path.strip("/").split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def address(app: Sphinx, config: Config) -> None:
    """Tell it to the extensions that need it."""
    config.html_baseurl = site(config.html_theme_options["repository_url"])
    config.ogp_site_url = config.html_baseurl
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", address, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

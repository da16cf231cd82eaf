"""Pages with live figures."""

import pytest
from figures import CASES, values

from tools.browser import open_page, write_page


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """For each kind the page of two figures, the first with its defaults."""
    return {
        name: write_page(
            tmp_path_factory.mktemp(name), [case.make(), case.make(**case.others)]
        )
        for name, case in CASES.items()
    }


@pytest.fixture(scope="session")
def crowded(tmp_path_factory):
    """A page with every figure, and one of each kind again."""
    figures = [case.make() for case in CASES.values()]
    again = [case.make(**case.others) for case in CASES.values()]
    return write_page(tmp_path_factory.mktemp("crowd"), figures + again)


@pytest.fixture(scope="module")
def crowded_start(chromium, crowded):
    with open_page(chromium, crowded) as page:
        return values(page)

"""nbval compares the text of a table; its HTML is not stored.

The masters of the assignments are run by nbgrader.
"""

collect_ignore = ["book/teach/assignments"]


def pytest_collectstart(collector: object) -> None:
    """Leave the HTML of a notebook's outputs out of the comparison."""
    if hasattr(collector, "skip_compare"):  # a notebook
        collector.skip_compare += ("text/html",)

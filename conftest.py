"""nbval compares the text of a table; its HTML is not stored."""


def pytest_collectstart(collector: object) -> None:
    """Leave the HTML of a notebook's outputs out of the comparison."""
    if hasattr(collector, "skip_compare"):  # a notebook
        collector.skip_compare += ("text/html",)

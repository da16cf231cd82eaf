"""The two boxes of plain Markdown: a quotation, and a fold."""


def fold(title: str, body: str) -> str:
    """Return a text that shows its title until it is opened."""
    return f"<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>"


def quote(title: str, body: str) -> str:
    """Return a text as a quotation under its title."""
    lines = f"**{title}**\n\n{body}".split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)

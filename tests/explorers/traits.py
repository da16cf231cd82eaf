"""What a live figure says to a value that one of its traits cannot have."""

import re

import pytest
from traitlets import TraitError


def check_refused(make, trait, value, expected) -> None:
    """Assert that it is refused in one sentence, when made and later, and not kept."""
    sentence = f"^{re.escape(f'{trait} must be {expected}, got {value!r}')}$"
    with pytest.raises(TraitError, match=sentence):
        make(**{trait: value})
    figure = make()
    before = getattr(figure, trait)
    with pytest.raises(TraitError, match=sentence):
        setattr(figure, trait, value)
    assert getattr(figure, trait) == before

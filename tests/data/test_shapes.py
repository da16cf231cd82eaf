"""Shapes to cut out: what is drawn too large, and by how much."""

import pytest
import torch

from gce_lib.data import shapes


def test_outlines_are_right_or_too_large_and_the_frame_is_unknown():
    found = shapes(400, sloppy=0.4, seed=0)
    assert found.images.shape == (400, 1, 32, 32)
    inner = (slice(None), slice(1, -1), slice(1, -1))
    masks, drawn = found.masks[inner], found.drawn[inner]
    larger = (drawn != masks).flatten(1).any(1)
    assert larger.double().mean().item() == pytest.approx(0.4, abs=0.08)
    assert ((drawn == masks) | (masks == 0)).all()  # nothing of a shape is cut off
    assert set(drawn.unique().tolist()) == {0, 1, 2}
    frame = found.drawn.clone()
    frame[inner] = 255
    assert (frame == 255).all()


def test_each_image_has_one_shape_which_its_pixels_show():
    found = shapes(400, seed=1)
    for mask, grey in zip(found.masks, found.images[:, 0], strict=True):
        (kind,) = set(mask.unique().tolist()) - {0}
        inside = grey[mask == kind].mean().item()
        assert inside == pytest.approx({1: 1, 2: -1}[kind], abs=0.3)
        assert abs(grey[mask == 0].mean()) < 0.1
        rows, columns = ((mask == kind).any(dim).sum().item() for dim in (1, 0))
        assert rows == columns
        assert rows in range(11, 19, 2)  # twice 5 to 8 pixels around the centre's
        area = (mask == kind).double().mean().item()
        assert 0.07 < area < 0.29


def test_a_seed_repeats_and_no_sloppiness_is_the_truth():
    assert torch.equal(shapes(9, seed=2).drawn, shapes(9, seed=2).drawn)
    assert not torch.equal(shapes(9, seed=2).images, shapes(9, seed=3).images)
    careful = shapes(50, sloppy=0)
    known = careful.drawn != 255
    assert torch.equal(careful.drawn[known], careful.masks[known])


@pytest.mark.parametrize(
    ("choices", "said"), [({"count": 0}, "got 0"), ({"sloppy": 2}, "got 2")]
)
def test_a_wrong_choice_is_told(choices, said):
    with pytest.raises(ValueError, match=said):
        shapes(**{"count": 5, **choices})

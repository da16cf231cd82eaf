"""Tokens and masks are drawn as they are given."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from gce_lib import plots


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def test_tokens_stand_in_their_cells_and_wrong_lines_have_a_cross():
    weights = torch.tensor([[0.9, 0.1], [0.2, 1.0]])
    panels = {"a": weights, "b": weights**2}
    figure = plots.token_weights(["1+2=30", "4+4=80"], panels, [False, True])
    for axes, shown in zip(figure.axes, panels.values(), strict=True):
        (image,) = axes.images
        np.testing.assert_allclose(image.get_array(), shown)
        assert tuple(image.get_extent()) == (3.5, 5.5, 1.5, -0.5)
        tokens = {t.get_position(): t for t in axes.texts if t.get_text() != "✗"}
        assert "".join(tokens[x, 0].get_text() for x in range(6)) == "1+2=30"
        (cross,) = (t for t in axes.texts if t.get_text() == "✗")
        assert cross.get_position()[1] == 1
        assert tokens[4, 0].get_color() == "white"
        assert tokens[5, 0].get_color() == "black"


def test_masks_show_every_class_and_hide_the_unknown():
    images = torch.zeros(2, 1, 3, 3)
    mask = torch.tensor([[255, 0, 1], [0, 1, 2], [2, 2, 255]])
    figure = plots.masks(images, {"drawn": mask.expand(2, 3, 3)})
    assert [axes.get_ylabel() for axes in figure.axes] == ["image", "", "drawn", ""]
    shown = figure.axes[2].images[0].get_array()
    assert (shown.mask == (mask == 255).numpy()).all()
    assert (shown.compressed() == mask[mask != 255].numpy()).all()

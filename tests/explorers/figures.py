"""One live figure of each kind, for the tests that all of them must pass."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
import torch

from gce_lib import explorers
from tools.browser import slider

RECORDED_EPOCHS = 6
NOISES = ("symmetric:0.2", "symmetric:0.8", "class-map:0.4")
LOSSES = ("ce", "mae", "gce:0.7", "forward-estimated")
PRUNING_EPOCHS = 3


def records(epochs: int = RECORDED_EPOCHS) -> pd.DataFrame:
    """Records with every combination but one, two seeds each, of random curves."""
    random = np.random.default_rng(0)
    rows = []
    for noise in NOISES:
        for loss in LOSSES:
            for seed in range(2):
                if (noise, loss) == ("class-map:0.4", "mae"):
                    continue
                test, memorised = random.uniform(size=(2, epochs)).tolist()
                history = {
                    "epoch": list(range(1, epochs + 1)),
                    "test_accuracy": test,
                    "memorised": memorised,
                }
                rows.append(
                    {
                        "noise": noise,
                        "loss": loss,
                        "seed": seed,
                        "test_accuracy_best": test[2],
                        "history": history,
                    }
                )
    return pd.DataFrame(rows)


def pruning_recording(n: int = 400) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Probabilities that part right from wrong labels a little more each epoch."""
    generator = torch.Generator().manual_seed(0)
    flipped = torch.rand(n, generator=generator) < 0.4
    draws = torch.rand(n, generator=generator)
    away = torch.where(flipped, 0.0, 1.0)
    start = torch.full((n,), 0.1)
    epochs = range(1, PRUNING_EPOCHS + 1)
    later = [draws.lerp(away, 0.3 * epoch) for epoch in epochs]
    later[-1][:4] = torch.tensor([0.3, 0.5, 0.57, 1.0])  # exactly at a threshold
    return [start, *later], flipped


@dataclass
class Case:
    """A kind of figure and what the common tests need to know of it."""

    make: Callable[..., explorers.LossExplorer]
    address: str  # its name in the page's address
    slider: str  # a trait
    text: str  # one of its values, as the address holds it
    too_much: str  # a number beyond its range, and the end that it is moved to
    end: str
    dragged: str | None = None  # the trait that the pointer moves in the charts
    charts: int = 2  # in which it does
    others: dict = field(default_factory=dict)  # traits of a second figure


CASES = {
    "LossExplorer": Case(
        explorers.LossExplorer,
        address="loss",
        slider="q",
        text="0.25",
        too_much="7",
        end="1",
        dragged="p",
        others={"q": 0.2, "gradient": "weight"},
    ),
    "BoundExplorer": Case(
        explorers.BoundExplorer,
        address="bounds",
        slider="num_classes",
        text="7",
        too_much="400",
        end="100",
        dragged="noise_rate",
        others={"q": 0.3, "num_classes": 3},
    ),
    "NoiseExplorer": Case(
        explorers.NoiseExplorer,
        address="noise",
        slider="rate",
        text="0.65",
        too_much="7",
        end="1",
        others={"kind": "pair", "rate": 0.2},
    ),
    "PruningExplorer": Case(
        lambda **traits: explorers.PruningExplorer(*pruning_recording(), **traits),
        address="pruning",
        slider="k",
        text="0.25",
        too_much="7",
        end="0.99",
        dragged="k",
        others={"k": 0.3, "epoch": 2},
    ),
    "RecordsExplorer": Case(
        lambda **traits: explorers.RecordsExplorer(
            records(), **({"epoch": 4} | traits)
        ),
        address="records",
        slider="epoch",
        text="2",
        too_much="99",
        end="6",
        dragged="epoch",
        others={"noise": "class-map:0.4"},
    ),
    "TokenExplorer": Case(
        explorers.TokenExplorer,
        address="tokens",
        slider="q",
        text="0.25",
        too_much="7",
        end="1",
        dragged="q",
        charts=1,
        others={"q": 0.2, "task": "differences"},
    ),
    "Playground": Case(
        explorers.Playground,
        address="play",
        slider="q",
        text="0.25",
        too_much="7",
        end="1",
        others={"q": 0.2, "dataset": "moons"},
    ),
}

every_figure = pytest.mark.parametrize("name", CASES)


def first(page):
    return page.locator(".gce-explorer").first


def values(page):
    """The state of every input of every figure."""
    return page.locator(".gce-explorer").evaluate_all(
        """all => all.map(figure => [...figure.querySelectorAll("input")]
            .map(input => `${input.name.replace(/-\\d+$/, "")}: ${
                /radio|checkbox/.test(input.type) ? input.checked : input.value}`))"""
    )


def value(page, case):
    return slider(page, case.slider).input_value()

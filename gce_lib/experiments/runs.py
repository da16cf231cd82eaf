"""A run: everything that decides what a training gives, in a few words."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from gce_lib.training import Pruning
from gce_lib.vocabulary import (
    DEFAULTS,
    METHODS,
    OPTIONAL,
    Method,
    Spec,
    checked,
    parse_loss,
    parse_noise,
)

from .protocols import Protocol, protocol


@dataclass(frozen=True)
class Run:
    """One training, described by its choices; equal choices have equal ids.

    Texts are brought to their shortest form: ``Run(loss="gce")`` is
    ``Run(loss="gce:0.7")``. Taught in book/practice/reproduction.ipynb.

    Attributes
    ----------
    dataset : str
        ``"fashion-mini"``, ``"fashion-mnist"``, ``"fashion-mnist-h"``, ``"cifar10"`` or
        ``"cifar100"``; see :func:`gce_lib.data.load`.
    noise : str
        ``"none"``, ``"symmetric:r"``, ``"pair:r"``, ``"class-map:r"`` (the paper's
        confusions of CIFAR-10 and Fashion-MNIST), ``"superclass:r"`` (CIFAR-100),
        ``"instance:r"``, ``"open-set:r"`` (CIFAR); r in [0, 1]; ``"human:kind"``
        (CIFAR-10, Fashion-MNIST-H), see :func:`gce_lib.noise.human`;
        ``"human-matrix:kind"``, see :func:`gce_lib.noise.human_matrix`.
    loss : str
        ``"ce"``, ``"mae"``, ``"gce:q"``, ``"truncated:q,k"`` (the truncated loss
        itself), ``"acs:q,k"`` (by alternate convex search), ``"forward"`` (true T),
        ``"forward-estimated"``, ``"backward"``, ``"sce:alpha,beta"``,
        ``"nce+rce:alpha,beta"``, ``"agce:a,q"``.
    model : str
        ``"mlp"``, ``"small_cnn"``, ``"compact_cnn"``, ``"resnet18"`` or ``"resnet34"``.
    protocol : str
        ``"lesson"``, ``"fast"``, ``"laptop"``, ``"laptop-augmented"`` or ``"paper"``;
        see :func:`gce_lib.experiments.protocols.protocol`.
    seed : int
        At least 0; noise, initial weights and order have a seed each, made from it.
    epochs : int, optional
        Instead of the protocol's; its dates are scaled along.
    train_size : int, optional
        Train on the first so many examples only.
    num_classes : int, optional
        Keep only the first so many classes, in training and test, at least 2.
    lr : float in (0, 1000], optional
        Highest learning rate, instead of the protocol's.

    Raises
    ------
    ValueError, TypeError
        A choice is unknown, out of range, or does not go with another one.
    """

    dataset: str = str(DEFAULTS["dataset"])
    noise: str = str(DEFAULTS["noise"])
    loss: str = str(DEFAULTS["loss"])
    model: str = str(DEFAULTS["model"])
    protocol: str = str(DEFAULTS["protocol"])
    seed: int = 0
    epochs: int | None = None
    train_size: int | None = None
    num_classes: int | None = None
    lr: float | None = None

    def __post_init__(self):
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, value in checked(**given).items():
            object.__setattr__(self, name, value)

    @property
    def method(self) -> Method:
        """How it trains: the loss and what that needs."""
        return METHODS[self.loss_spec.name]

    @property
    def loss_spec(self) -> Spec:
        """Name and numbers of the loss."""
        return parse_loss(self.loss)

    @property
    def noise_model(self) -> Spec:
        """Name and rate of the noise."""
        return parse_noise(self.noise)

    @property
    def plan(self) -> Protocol:
        """The training plan, for this data set, number of epochs and learning rate."""
        plan = protocol(self.protocol, self.dataset, self.epochs)
        return plan if self.lr is None else replace(plan, lr=self.lr)

    @property
    def pruning(self) -> Pruning | None:
        """When and how alternate convex search prunes, if the method does."""
        prunes = self.method.prunes
        return self.plan.pruning(self.loss_spec.numbers[-1]) if prunes else None

    @property
    def seeds(self) -> "Seeds":
        """The seeds of noise, initial weights and order."""
        return Seeds.of(self)

    @property
    def total_epochs(self) -> int:
        """How many epochs it trains, the estimation of T included."""
        trainings = 2 if self.method.transition == "estimated" else 1
        return trainings * self.plan.epochs

    @property
    def id(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of :meth:`to_dict` as JSON.

        Choices that were left open do not enter, so ids outlive new optional choices.
        """
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def to_dict(self) -> dict:
        """Return the choices made; optional ones that were left open are not in it."""
        choices = asdict(self)
        return {
            name: value
            for name, value in choices.items()
            if value is not None or name not in OPTIONAL
        }

    @classmethod
    def from_dict(cls, choices: dict) -> "Run":
        """Inverse of :meth:`to_dict`.

        Raises
        ------
        ValueError
            There is a choice that a run does not have.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted(set(choices) - set(known))
        if unknown:
            raise ValueError(
                f"a run has the choices {', '.join(known)}, got {', '.join(unknown)}"
            )
        return cls(**choices)

    def __str__(self) -> str:
        """Return the choices made, in a line."""
        return " ".join(f"{name}={value}" for name, value in self.to_dict().items())


@dataclass(frozen=True)
class Seeds:
    """Three independent seeds of one run.

    Attributes
    ----------
    noise : int
    init : int
        Of the initial weights.
    order : int
        Of the split, the order of the examples and their augmentation.
    """

    noise: int
    init: int
    order: int

    @classmethod
    def of(cls, run: Run) -> "Seeds":
        """Derive them from ``run.seed`` alone: all losses meet the same noise."""
        streams = np.random.SeedSequence(run.seed).spawn(3)
        return cls(*(int(stream.generate_state(1, np.uint64)[0]) for stream in streams))

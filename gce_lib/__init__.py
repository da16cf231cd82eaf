"""Learning with noisy labels by the Generalized Cross Entropy loss."""

__version__ = "0.1.0"

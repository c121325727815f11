"""Random windows of 2017 in memory, and how large a network they are shown to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.challenge import load_challenge


@dataclass(frozen=True)
class Plan:
    """How large everything is.

    Attributes:
        units: of each direction of each LSTM.
        dense_units: of the layer after the branches.
        batch: windows in a step.
        batches: how many are trained on, or predicted, in a turn.
    """

    units: int = 100
    dense_units: int = 100
    batch: int = 64
    batches: int = 4


@dataclass(frozen=True)
class Examples:
    """Random windows.

    Attributes:
        inputs: by modality, shape (windows, frames, features).
        one_hot: their labels, shape (windows, labels).
    """

    inputs: Mapping[str, NDArray[np.float32]]
    one_hot: NDArray[np.float32]

    @classmethod
    def of(cls, plan: Plan) -> Examples:
        """As many as are used in a turn."""
        from baseline.windows import window_length

        challenge, random, windows = load_challenge("merc2017"), np.random.default_rng(0), plan.batch * plan.batches
        shapes = {one.name: (windows, window_length(challenge, one), one.features) for one in challenge.modalities}
        inputs = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
        labels = len(challenge.task.labels)
        return cls(inputs, np.eye(labels, dtype=np.float32)[random.integers(labels, size=windows)])

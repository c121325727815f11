"""Attributes that change through a recording, and the people who follow them, each in their own way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from data_spec.synthetic.stories.continuous import TracingRaters

Array = NDArray[np.float64]

DECIMALS = 4
"""Printed digits of a trace."""


def wander(frames: int, columns: int, width: float, rng: np.random.Generator) -> Array:
    """Smooth noise of mean 0 and standard deviation 1, shape (frames, columns).

    Args:
        frames: how long.
        columns: how many, independent of each other.
        width: standard deviation of the Gaussian window that smooths it, in frames.
        rng: chance.
    """
    border = int(4 * width) + 1  # where the window ends
    noise = rng.normal(size=(frames + 2 * border, columns))
    smooth = gaussian_filter1d(noise, width, axis=0)[border : border + frames]
    return np.asarray(smooth * np.sqrt(2 * np.sqrt(np.pi) * width))


def attributes_of(
    frames: int, columns: int, rate: int, change_seconds: tuple[float, float], rng: np.random.Generator
) -> Array:
    """Attributes that follow a mood and its moments, in -1 to 1, shape (frames, columns).

    Args:
        frames: how long.
        columns: how many attributes.
        rate: frames per second.
        change_seconds: how long a mood and a moment take to change.
        rng: chance.
    """
    mood, moment = (wander(frames, columns, seconds * rate, rng) for seconds in change_seconds)
    return np.asarray(np.tanh(0.4 * mood + 0.4 * moment))


def shown_of(truth: Array, shows: Array, something_else: Array) -> Array:
    """What a modality shows of attributes, in -1 to 1: the truth, as far as it shows it, and something else.

    Args:
        truth: shape (frames, attributes).
        shows: how far, 0 to 1, shape (attributes,); it is the correlation of the two.
        something_else: of the same kind as the truth, shape (frames, attributes).
    """
    return np.asarray(np.clip(shows * truth + np.sqrt(1 - shows**2) * something_else, -1.0, 1.0))


@dataclass(frozen=True)
class Tracers:
    """People who follow attributes.

    Attributes:
        bias: where the middle lies for each, shape (raters, attributes)
        gain: how far each goes, a factor, shape (raters, attributes)
        delay: by how much each is late, in seconds, shape (raters,)
    """

    bias: Array
    gain: Array
    delay: Array

    @classmethod
    def draw(cls, count: int, attributes: int, story: TracingRaters, rng: np.random.Generator) -> Tracers:
        """So many new ones."""
        return cls(
            rng.normal(0.0, story.bias, size=(count, attributes)),
            np.exp(rng.normal(0.0, story.gain, size=(count, attributes))),
            rng.uniform(*story.delay, size=count),
        )

    def follow(self, truth: Array, rate: int, jitter: float, rng: np.random.Generator) -> Array:
        """What they trace, in -1 to 1, shape (frames, attributes, raters).

        Before somebody has seen anything, they hold what comes first.

        Args:
            truth: -1 to 1, shape (frames, attributes).
            rate: frames per second.
            jitter: standard deviation of what their hands do by themselves.
            rng: chance.
        """
        frames, attributes = truth.shape
        traces = np.empty((frames, attributes, len(self.delay)))
        for rater, delay in enumerate(self.delay):
            seen = truth[np.clip(np.arange(frames) - round(delay * rate), 0, None)]
            hand = jitter * wander(frames, attributes, 2.0 * rate, rng)
            traces[:, :, rater] = self.bias[rater] + self.gain[rater] * seen + hand
        return np.asarray(np.round(np.clip(traces, -1.0, 1.0), DECIMALS), dtype=np.float64)

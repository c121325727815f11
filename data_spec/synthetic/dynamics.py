"""How a displayed emotion looks in a stream: in the tempo and the strength of movements, a little in their mean."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import lfilter

from data_spec.synthetic.scenario import Indices
from data_spec.synthetic.settings import ModalityStory

MOVEMENTS = 8
"""Independent movements behind a modality; its columns are mixtures of them."""
NUISANCES = 4
"""Slow changes that have nothing to do with emotion: light, distance, pose."""
TRANSITION_SECONDS = 0.2
DECIMALS = 4
"""Printed digits. They also hide that processors differ in the last bit of a sine: same seed, same bytes."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Signature:
    """What each emotion does to each movement of a modality, the same for all actors and corpora.

    Attributes:
        tempo: Hz, shape (labels, movements)
        strength: amplitude, shape (labels, movements)
        mean: shape (labels, movements)
        mixture: how movements appear in columns, shape (movements, features)
        nuisance: how nuisances appear in columns, shape (nuisances, features)
    """

    tempo: Array
    strength: Array
    mean: Array
    mixture: Array
    nuisance: Array


@dataclass(frozen=True)
class ActorTraits:
    """How an actor differs from others in one modality.

    Attributes:
        tempo: a factor
        offset: in standard deviations, shape (features,)
        gain: a factor, shape (features,)
    """

    tempo: float
    offset: Array
    gain: Array


def signature(modality: str, labels: int, features: int, story: ModalityStory) -> Signature:
    """The signature of a modality. It depends on nothing but its name and its part of the story."""
    rng = np.random.default_rng(zlib.crc32(modality.encode()))
    slow, fast = np.log(story.tempo)
    tempo = np.empty((labels, MOVEMENTS))
    strength = np.empty((labels, MOVEMENTS))
    for movement in range(MOVEMENTS):
        # Every emotion has a rank of its own in every movement, so that no two look alike in all of them.
        levels = np.linspace(-1.0, 1.0, labels)
        centre = rng.uniform(slow, fast)
        tempo[:, movement] = np.exp(
            np.clip(centre + story.dynamics * (fast - slow) / 2 * rng.permutation(levels), slow, fast)
        )
        strength[:, movement] = np.exp(story.dynamics * 0.7 * rng.permutation(levels))
    mean = story.posture * rng.normal(size=(labels, MOVEMENTS))
    mixture = rng.normal(size=(MOVEMENTS, features))
    mixture /= np.sqrt((mixture**2).sum(axis=0) / 2)  # a sine has variance 1/2
    nuisance = rng.normal(size=(NUISANCES, features))
    nuisance /= np.sqrt((nuisance**2).sum(axis=0))
    return Signature(tempo, strength, mean, mixture, nuisance)


def draw_traits(features: int, rng: np.random.Generator) -> ActorTraits:
    """A new actor."""
    return ActorTraits(
        tempo=float(np.exp(rng.normal(0.0, 0.1))),
        offset=rng.normal(0.0, 0.4, size=features),
        gain=np.exp(rng.normal(0.0, 0.15, size=features)),
    )


def render(
    shown: Indices | Array,
    rate: int,
    look: Signature,
    actor: ActorTraits,
    story: ModalityStory,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """The values of a stream in which `shown` is displayed, shape (frames, features).

    Args:
        shown: the displayed emotion of each frame of the stream, shape (frames,); or how much of each emotion is
            displayed, as weights that sum to 1, shape (frames, labels).
        rate: frames per second of the stream.
        look: the signature of the modality.
        actor: who is recorded.
        story: of the modality.
        rng: chance.
    """
    frames, features = len(shown), look.mixture.shape[1]
    smooth = max(1, round(TRANSITION_SECONDS * rate))
    tempo = uniform_filter1d(_blend(look.tempo, shown), smooth, axis=0, mode="nearest") * actor.tempo
    # No movement is a clockwork: its phase wanders.
    wander = rng.normal(0.0, 1.0, size=tempo.shape) * np.sqrt(0.3 * tempo / rate)
    phase = 2 * np.pi * (np.cumsum(tempo / rate, axis=0) + rng.random(MOVEMENTS)) + np.cumsum(wander, axis=0)
    strength = uniform_filter1d(_blend(look.strength, shown), smooth, axis=0, mode="nearest")
    mean = uniform_filter1d(_blend(look.mean, shown), smooth, axis=0, mode="nearest")
    movement = (strength * np.sin(phase) + mean) @ look.mixture
    step = 1.0 / (2.0 * rate)  # nuisances change over some two seconds
    slow = lfilter([np.sqrt(2 * step)], [1.0, -(1.0 - step)], rng.normal(size=(frames, NUISANCES)), axis=0)
    noise = story.noise * (0.6 * slow @ look.nuisance + 0.8 * rng.normal(size=(frames, features)))
    columns = actor.gain * (movement + noise) / np.sqrt(1 + story.noise**2) + actor.offset
    return _in_units(columns, story, rate, rng)


def _blend(table: Array, shown: Indices | Array) -> Array:
    """What a table of labels says of each frame, shape (frames, movements)."""
    return np.asarray(table[shown] if shown.ndim == 1 else shown @ table)


def _in_units(columns: Array, story: ModalityStory, rate: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Standard deviations become the units of the columns; four of them reach the ends of the range."""
    low, high = np.array(story.ranges, dtype=np.float64).T
    values = low + (high - low) * np.clip(0.5 + columns / 8.0, 0.0, 1.0)
    for column in story.flags:
        values[:, column] = columns[:, column] > 0
    if story.unvoiced is not None:
        pieces = np.cumsum(rng.random(len(values)) < 5.0 / rate)  # five changes between voiced and unvoiced a second
        is_unvoiced = (rng.random(pieces[-1] + 1) < story.unvoiced.share)[pieces]
        values[np.ix_(is_unvoiced, story.unvoiced.columns)] = story.unvoiced.value
    return np.asarray(np.round(values, DECIMALS), dtype=np.float32)

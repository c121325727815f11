"""Random intensities: what chance reaches on segments, whatever the streams show.

Williams et al. 2018, section 5.1, the "fully-randomized baseline": a number n of emotions from 0 to all, which n, and
an intensity for each of them from the nine steps; the others are 0.

The nine values are taken to be 0, 1/3, …, 8/3. The paper has "9-step regression values in the range of [0, 3]" and does
not list them. Were they 1/3, …, 3, the expected error of every emotion would be .83 or more (`expected_error`), and
Table 1 has .62 to .80; with 0 to 8/3 it is .67 for an emotion that is never shown, and grows with the truth.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from baseline.published.williams2018 import PAPER, RANDOM
from baseline.run_folder import RunFolder
from baseline.system import Size, System, TrainingData
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.task import SegmentIntensities, expect_task
from data_spec.whole_file import whole_file

VARIANT = "random"
SEED_FILE = "random_intensities.json"


@dataclass(frozen=True)
class Settings:
    """What an emotion's intensity is drawn from."""

    first_step: int = 0
    """0: the nine steps are 0 to 8/3. 1: they are 1/3 to 3."""

    def __post_init__(self) -> None:
        if self.first_step not in (0, 1):
            raise ValueError(f"first_step: expected 0 or 1. Received: {self.first_step}")


class RandomIntensities:
    """Intensities drawn by a seed and the recording's name: those of a recording do not depend on the others."""

    def __init__(self, seed: int, settings: Settings) -> None:
        self.seed, self.settings = seed, settings

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """Random intensities for every segment of each recording, shape (segments, emotions). Raises CsvError."""
        task = expect_task(folder.challenge.task, SegmentIntensities)
        return {
            name: draw(
                np.random.default_rng([self.seed, zlib.crc32(name.encode())]),
                len(folder.templates[name]),
                len(task.emotions),
                steps_of(task, self.settings),
            )
            for name in recordings
        }

    def save(self, folder: Path) -> None:
        """Write the seed."""
        with whole_file(folder / SEED_FILE) as file:
            file.write(json.dumps({"seed": self.seed, "first_step": self.settings.first_step}).encode())


def draw(rng: np.random.Generator, segments: int, emotions: int, steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The three draws of section 5.1 for each segment: how many emotions, which, how strong.

    Args:
        rng: draws.
        segments: how many.
        emotions: how many.
        steps: the intensities that are drawn from, shape (steps,).

    Returns:
        Shape (segments, emotions).
    """
    how_many = rng.integers(0, emotions, size=(segments, 1), endpoint=True)
    order = rng.permuted(np.tile(np.arange(emotions), (segments, 1)), axis=1)  # a place in line for each emotion
    return np.where(order < how_many, rng.choice(steps, size=(segments, emotions)), 0.0)


def steps_of(task: SegmentIntensities, settings: Settings) -> NDArray[np.float64]:
    """The intensities that are drawn from, as many as the task has steps, shape (steps,)."""
    return (np.arange(task.steps) + settings.first_step) * task.most / task.steps


def expected_error(truth: ArrayLike, steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean absolute error that the random intensities have on average where an emotion has these true intensities.

    Each emotion is among the drawn half of the time: of n from 0 to 6, the mean share of all is a half.

    >>> nine = np.arange(9) / 3
    >>> expected_error([0.0, 1.0, 3.0], nine).round(3).tolist()
    [0.667, 0.889, 2.333]
    """
    truth = np.asarray(truth, dtype=np.float64)
    return np.asarray(0.5 * np.abs(truth) + 0.5 * np.abs(truth[..., None] - steps).mean(axis=-1))


def train(
    data: TrainingData, variant: str, settings: Settings, seed: int, run: RunFolder | None = None
) -> RandomIntensities:
    """Nothing is learnt. Raises ValueError where the variant is unknown or the task of another kind."""
    task = expect_task(data.challenge.task, SegmentIntensities)
    if variant != VARIANT:
        raise ValueError(f"variant: expected {VARIANT!r}. Received: {variant!r}")
    if run is not None:
        values = [data.train.folder.labels[name].values for name in data.train.recordings]
        expected = expected_error(np.concatenate(values), steps_of(task, settings)).mean(axis=0)
        listed = ", ".join(f"{name} {error:.3f}" for name, error in zip(task.emotions, expected, strict=True))
        run.write_note(f"Mean absolute error that chance has on the labels of train: {listed}.")
    return RandomIntensities(seed, settings)


def load(folder: Path) -> RandomIntensities:
    """What `RandomIntensities.save` wrote. Raises ValueError where it is something else."""
    path = folder / SEED_FILE
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        return RandomIntensities(int(saved["seed"]), Settings(int(saved["first_step"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: expected the seed of random intensities: {error}") from error


def variants(challenge: Challenge) -> tuple[str, ...]:
    """One."""
    return (VARIANT,)


def settings(size: Size, variant: str) -> Settings:
    """The same for every size."""
    return Settings()


SYSTEM = System(
    name="random_intensities",
    title="Random intensities",
    source=f"{PAPER}, section 5.1",
    kinds=frozenset({"segment_intensities"}),
    variants=variants,
    settings=settings,
    train=train,
    load=load,
    tables=(RANDOM,),
    challenge="mosei",
    needs_validation=False,
)

"""A published corpus of labels and templates alone: all that a scoring server needs of one, in any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_spec.challenge import FILE_NAME, Challenge, dump_challenge
from data_spec.corpus import LABELS_FOLDER
from data_spec.csv_files import write_labels, write_template
from data_spec.publish import ORGANISERS
from data_spec.stream import Labels
from data_spec.task import FramewiseOneHot, expect_task

RATERS = 9
LATEST_START_SECONDS = 300
EMOTION_SECONDS = 3.0
"""How long an emotion lasts, on the average."""


@dataclass(frozen=True)
class Size:
    """How large the first test set is; the others have two recordings.

    Attributes:
        recordings: how many.
        frames: of each.
    """

    recordings: int
    frames: int


FULL = Size(recordings=143, frames=4000)
"""The public test of 2017, synthesized: 572,000 rows."""

TINY = Size(recordings=3, frames=400)


def write_published(out: Path, challenge: Challenge, size: Size, seed: int = 2017) -> None:
    """Write what `data_spec publish` would, as far as a server reads it.

    Args:
        out: a new folder.
        challenge: each frame of its recordings has one label.
        size: of the split of its first stage.
        seed: the same gives the same labels.
    """
    random = np.random.default_rng(seed)
    for number, split_name in enumerate(dict.fromkeys(stage.split for stage in challenge.stages)):
        split = challenge.split(split_name)
        recordings = size.recordings if number == 0 else 2
        for labels, name in zip(_perform(challenge, size.frames, random), _names(recordings, random), strict=False):
            write_labels(out / ORGANISERS / split.folder / LABELS_FOLDER / name, labels, challenge.task)
            template = out / split.audience / split.folder / challenge.submission.folder / name
            write_template(template, labels.times, challenge.task)
    for audience in {ORGANISERS, *(split.audience for split in challenge.splits.folders)}:
        (out / audience).mkdir(exist_ok=True)
        (out / audience / FILE_NAME).write_text(dump_challenge(challenge), encoding="utf-8")


def _names(recordings: int, random: np.random.Generator) -> Iterator[str]:
    numbers = random.choice(1 << 20, size=recordings, replace=False)
    return (f"id{number:08x}.csv" for number in sorted(numbers.tolist()))


def _perform(challenge: Challenge, frames: int, random: np.random.Generator) -> Iterator[Labels]:
    """Labels of one recording after another: emotions that last, with raters who agree more or less."""
    task = expect_task(challenge.task, FramewiseOneHot)
    rate = task.rate
    while True:
        changes = random.random(frames) < 1 / (EMOTION_SECONDS * rate)
        emotion = np.cumsum(changes)  # (frames,), the number of the emotion that is shown
        of_emotion = random.integers(len(task.labels), size=emotion[-1] + 1)
        agreeing = random.integers(RATERS // 2, RATERS + 1, size=emotion[-1] + 1)
        yield Labels(
            times=random.integers(LATEST_START_SECONDS * rate) / rate + np.arange(frames) / rate,
            index=of_emotion[emotion].astype(np.int8),
            agreement=agreeing[emotion] / RATERS,
        )

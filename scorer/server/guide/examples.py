"""What the page about data and format shows as examples, made from the challenge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from data_spec.agreement import is_agreed
from data_spec.challenge import FILE_NAME, Challenge, SplitFolder
from data_spec.corpus import LABELS_FOLDER
from data_spec.csv_files import template_values
from data_spec.task import AnyTask, ClipRatings, FramewiseOneHot

RECORDINGS = ("id0808ec3a", "id96ade81d")
"""Names such as recordings have."""

FIRST_SECOND = 3.0
"""The time of an example's first frame."""

SEGMENT_SECONDS = 4.32
"""How long an example's segments last."""


@dataclass(frozen=True)
class Frame:
    """One frame of the example of a score."""

    time: str
    agreement: float
    truth: str | None
    """None: as many annotators chose another label."""
    predicted: str
    counts: bool

    @property
    def is_right(self) -> bool:
        """Whether the prediction is the truth, and counts."""
        return self.counts and self.predicted == self.truth


@dataclass(frozen=True)
class ScoredFrames:
    """Frames, and what they come to."""

    frames: tuple[Frame, ...]

    @property
    def counted(self) -> int:
        """How many frames count."""
        return sum(frame.counts for frame in self.frames)

    @property
    def right(self) -> int:
        """How many of these are right."""
        return sum(frame.is_right for frame in self.frames)

    @property
    def score(self) -> float | None:
        """The weighted accuracy; None where no frame counts."""
        return self.right / self.counted if self.counted else None


def scored_frames(task: FramewiseOneHot, votes: int) -> ScoredFrames:
    """Frames of every kind: right, wrong, too little agreement, a tie.

    Args:
        task: its labels and its agreement threshold.
        votes: how many annotators judged each frame.
    """
    one, other = task.labels[:2]
    shares = np.arange(1, votes + 1) / votes
    enough = np.flatnonzero(is_agreed(shares, task.agreement_threshold))
    just_over = float(shares[enough[0]]) if len(enough) else 1.0
    frames: list[tuple[float, str | None, str]] = [(1.0, one, one), (just_over, one, other), (just_over, other, other)]
    if just_over > shares[0]:
        frames.append((just_over - 1 / votes, other, other))
    if votes > 1:
        frames.append((votes // 2 / votes, None, one))
    return ScoredFrames(
        tuple(
            Frame(
                time=time,
                agreement=agreement,
                truth=truth,
                predicted=predicted,
                counts=truth is not None and bool(is_agreed(np.array(agreement), task.agreement_threshold)),
            )
            for time, (agreement, truth, predicted) in zip(_times(task, len(frames)), frames, strict=True)
        )
    )


def label_rows(task: AnyTask) -> str:
    """The first lines of a file of labels."""
    agreement = ["1"] * (task.agreement_column is not None)
    one_hot = _one_hot(len(task.labels), 0)
    rows = [[time, *one_hot, *agreement, *_numbers(task, row)] for row, time in enumerate(_times(task, 2))]
    return _csv(task.label_columns, rows)


def template_rows(task: AnyTask) -> str:
    """The first lines of a template."""
    return _csv(task.columns, [(time, *template_values(task)) for time in _times(task, 3)])


def prediction_rows(task: AnyTask) -> str:
    """The same lines, filled in: where labels are named, the last row has another one."""
    rows = [[time, *_labels(task, row), *_numbers(task, row)] for row, time in enumerate(_times(task, 3))]
    return _csv(task.columns, rows)


def folder_trees(challenge: Challenge) -> dict[str, str]:
    """The folders that are published, as a drawing, by audience in the order of the challenge."""
    folders = sorted(challenge.splits.folders, key=lambda split: not split.is_everybodys)
    return {
        audience: "\n".join(
            (f"{audience}/", f"  {FILE_NAME}", *(line for split in splits for line in _split_lines(challenge, split)))
        )
        for audience, splits in groupby(folders, key=lambda split: split.audience)
    }


def zip_layout(challenge: Challenge) -> str:
    """A submission, as a drawing."""
    return "\n".join(
        ("predictions.zip", *(f"  {challenge.submission.folder}/{name}.csv" for name in RECORDINGS), "  …")
    )


def _split_lines(challenge: Challenge, split: SplitFolder) -> list[str]:
    inner = [f"{modality.folder}/RECORDING{modality.suffix}" for modality in challenge.modalities]
    inner.append(f"{LABELS_FOLDER if split.labels == 'published' else challenge.submission.folder}/RECORDING.csv")
    return [f"  {split.folder}/", *(f"    {file}" for file in inner)]


def _times(task: AnyTask, count: int) -> list[str]:
    if isinstance(task, ClipRatings):
        return ["0"]
    # Where segments last as long as they last, any increasing times are an example.
    seconds = [SEGMENT_SECONDS * row for row in range(count)] if task.rate is None else []
    decimals = 2 if task.rate is None or 100 % task.rate == 0 else 4
    frames = [FIRST_SECOND + frame / (task.rate or 1) for frame in range(count)]
    return [f"{time:.{decimals}f}" for time in seconds or frames]


def _labels(task: AnyTask, row: int) -> list[str]:
    return _scores(task) if isinstance(task, ClipRatings) else _one_hot(len(task.labels), row // 2)


def _one_hot(labels: int, chosen: int) -> list[str]:
    return ["1" if label == chosen else "0" for label in range(labels)]


def _scores(task: ClipRatings) -> list[str]:
    """A score for each label, the first one's the greatest."""
    labels = len(task.scored_labels)
    return [f"{2 * (labels - label) / (labels * (labels + 1)):.3f}" for label in range(labels)]


def _numbers(task: AnyTask, row: int) -> list[str]:
    """A value for each attribute that its range allows, not the same in every row."""
    return [
        f"{one.least + (one.most - one.least) * ((row + column) % 3 + 1) / 4:.3f}"
        if one.step is None
        else f"{one.least + one.step * ((row + column) % 3):.4f}"
        for column, one in enumerate(task.attributes)
    ]


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(",".join(row) for row in (header, *rows))

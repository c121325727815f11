"""What the page about data and format shows as examples, made from the challenge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from data_spec.agreement import is_agreed
from data_spec.challenge import FILE_NAME, Challenge, FramewiseOneHot, SplitFolder
from data_spec.corpus import LABELS_FOLDER

RECORDINGS = ("id0808ec3a", "id96ade81d")
"""Names such as recordings have."""

FIRST_SECOND = 3.0
"""The time of an example's first frame."""


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


def label_rows(task: FramewiseOneHot) -> str:
    """The first lines of a file of labels."""
    rows = [(time, one_hot, "1") for time, one_hot in zip(_times(task, 2), _one_hot(task, [0, 0]), strict=True)]
    return _csv((*task.columns, task.agreement_column), rows)


def template_rows(task: FramewiseOneHot) -> str:
    """The first lines of a template."""
    zeros = ",".join("0" * len(task.labels))
    return _csv(task.columns, [(time, zeros) for time in _times(task, 3)])


def prediction_rows(task: FramewiseOneHot) -> str:
    """The same lines, filled in."""
    return _csv(task.columns, zip(_times(task, 3), _one_hot(task, [0, 0, 1]), strict=True))


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
    inner = [modality.folder for modality in challenge.modalities]
    inner.append(LABELS_FOLDER if split.labels == "published" else challenge.submission.folder)
    return [f"  {split.folder}/", *(f"    {folder}/RECORDING.csv" for folder in inner)]


def _times(task: FramewiseOneHot, count: int) -> list[str]:
    decimals = 2 if 100 % task.rate == 0 else 4
    return [f"{FIRST_SECOND + frame / task.rate:.{decimals}f}" for frame in range(count)]


def _one_hot(task: FramewiseOneHot, labels: Sequence[int]) -> list[str]:
    return [",".join("1" if label == other else "0" for other in range(len(task.labels))) for label in labels]


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(",".join(row) for row in (header, *rows))

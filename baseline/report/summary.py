"""What a report shows, as figures: for each emotion, and for each second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baseline.report.contents import RecordingReport
from baseline.report.runs import runs_of
from data_spec.stream import NO_LABEL


@dataclass(frozen=True)
class LabelSummary:
    """One label over the whole recording.

    Attributes:
        number: which of the challenge's labels it is.
        label: its name.
        share: of the frames, that it is the most probable one of, 0 to 1.
        mean: its probability, on average over the frames, 0 to 1.
        longest: seconds of the longest time over which it is the most probable one.
        since: when that begins, in seconds; None where there is none.
    """

    number: int
    label: str
    share: float
    mean: float
    longest: float
    since: float | None


@dataclass(frozen=True)
class Second:
    """One second of the recording; the first and the last may be shorter.

    Attributes:
        begin: in seconds.
        end: in seconds.
        number: the label that is the most probable one for the longest time.
        means: the probability of each label, on average, 0 to 1.
        truth: the label that the annotators gave for the longest time; None where they tied, or nobody was asked.
    """

    begin: float
    end: float
    number: int
    means: tuple[float, ...]
    truth: int | None


def summarize(report: RecordingReport) -> list[LabelSummary]:
    """Every label of the challenge, in its order."""
    index, edges = report.index, report.edges
    runs = runs_of(index)
    result = []
    for number, label in enumerate(report.model.challenge.task.labels):
        own = [run for run in runs if index[run.first] == number]
        longest = max(own, key=lambda run: run.frames, default=None)
        result.append(
            LabelSummary(
                number=number,
                label=label,
                share=float((index == number).mean()),
                mean=float(report.probabilities[:, number].mean()),
                longest=float(edges[longest.end] - edges[longest.first]) if longest else 0.0,
                since=float(edges[longest.first]) if longest else None,
            )
        )
    return result


def by_second(report: RecordingReport) -> list[Second]:
    """Every second that has frames, in order."""
    # Times that were printed and read again may lie a hair below the whole second.
    seconds = np.floor(report.times + 1e-6).astype(np.int64)
    labels = len(report.model.challenge.task.labels)
    result = []
    for run in runs_of(seconds):
        frames = slice(run.first, run.end)
        truth = None
        if report.truth is not None and (known := report.truth.index[frames] != NO_LABEL).any():
            truth = int(np.bincount(report.truth.index[frames][known], minlength=labels).argmax())
        result.append(
            Second(
                begin=float(report.edges[run.first]),
                end=float(report.edges[run.end]),
                number=int(np.bincount(report.index[frames], minlength=labels).argmax()),
                means=tuple(report.probabilities[frames].mean(axis=0, dtype=np.float64).tolist()),
                truth=truth,
            )
        )
    return result

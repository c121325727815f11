"""The score of a submission, in all its figures: one form for every kind of task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FIGURE_TITLES: Mapping[str, str] = {
    "weighted_accuracy": "Weighted accuracy",
    "unweighted_accuracy": "Unweighted accuracy",
    "concordance_cc": "Concordance (CCC)",
    "mean_concordance_cc": "CCC, mean over recordings",
    "mean_absolute_error": "Mean absolute error",
    "binary_accuracy": "Binary accuracy",
    "four_class_accuracy": "4-class accuracy",
    "macro_f1": "Macro F1",
    "micro_f1": "Micro F1",
    "recall": "Recall",
    "f1": "F1",
    "pearson_cc": "Correlation (r)",
}
"""What people call the figures; the names are those of audmetric where it has one."""


def figure_title(name: str) -> str:
    """What people call a figure.

    >>> figure_title("macro_f1"), figure_title("5_classes.macro_f1")
    ('Macro F1', 'Macro F1, 5 classes')
    """
    subset, _, figure = name.rpartition(".")
    title = FIGURE_TITLES.get(figure, figure.replace("_", " ").capitalize())
    return f"{title}, {subset.replace('_', ' ')}" if subset else title


Figures = Mapping[str, float | None]
"""Figures by name; None where one is undefined, such as the recall of a label that the truth never shows."""


@dataclass(frozen=True)
class RecordingScore:
    """The score of one recording.

    Attributes:
        recording: its name.
        score: of the recording alone, in the metric that ranks; None where it has none alone.
        counted: how many of its rows count.
        statistics: sums over its rows. Those of several recordings, added up, give their score (`scorer.ranking`).
    """

    recording: str
    score: float | None
    counted: int
    statistics: tuple[float, ...]


@dataclass(frozen=True)
class PartTable:
    """Parts that have the same figures.

    Attributes:
        part: what a row is: a label, or an attribute.
        figures: the names of the columns.
        rows: the name of each part, and its figures.
    """

    part: str
    figures: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]

    @property
    def title(self) -> str:
        """What it tells of what.

        >>> PartTable("label", ("recall",), ()).title
        'Recall of each label'
        """
        what = figure_title(self.figures[0]) if len(self.figures) == 1 else "Figures"
        return f"{what} of each {self.part}"


@dataclass(frozen=True)
class ScoreReport:
    """The score of a submission.

    Attributes:
        metric: the name of the figure that ranks.
        score: that figure.
        interval: the 95 % interval (low, high) of it, over recordings.
        figures: of the submission as a whole; that one too.
        parts: the figures of each label, emotion or attribute, in the order of the challenge.
        labels: the labels of `confusion`; none where no label is named.
        confusion: how many rows of each label (row) were given each label (column), both in the order of `labels`.
        counted: how many rows count.
        rows: how many rows there are: frames, segments or clips.
        recordings: the score of each, by name.
    """

    metric: str
    score: float
    interval: tuple[float, float]
    figures: Figures
    parts: Mapping[str, Figures]
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    counted: int
    rows: int
    recordings: tuple[RecordingScore, ...]

    def part_tables(self) -> list[PartTable]:
        """The parts, those together that have the same figures: labels, and attributes."""
        rows: dict[tuple[str, ...], list[tuple[str, tuple[float | None, ...]]]] = {}
        for name, figures in self.parts.items():
            rows.setdefault(tuple(figures), []).append((name, tuple(figures.values())))
        return [
            PartTable("label" if found[0][0] in self.labels else "attribute", figures, tuple(found))
            for figures, found in rows.items()
        ]

    def figure(self, name: str) -> float | None:
        """A figure of the whole, such as `macro_f1`, or of a part, such as `arousal.concordance_cc`.

        Raises:
            KeyError: there is no such figure; lists those that there are.
        """
        if name in self.figures:
            return self.figures[name]
        part, _, figure = name.rpartition(".")
        if figure not in self.parts.get(part, {}):
            known = [*self.figures, *(f"{one}.{key}" for one, figures in self.parts.items() for key in figures)]
            raise KeyError(f"no figure {name!r}; expected one of {known}")
        return self.parts[part][figure]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON knows it."""
        return {
            "metric": self.metric,
            "score": self.score,
            "interval": list(self.interval),
            # Lists, since JSON may be stored with its keys sorted.
            "figures": [[name, value] for name, value in self.figures.items()],
            "parts": [[name, [[key, value] for key, value in part.items()]] for name, part in self.parts.items()],
            "labels": list(self.labels),
            "confusion": [list(row) for row in self.confusion],
            "counted": self.counted,
            "rows": self.rows,
            "recordings": [
                {
                    "recording": one.recording,
                    "score": one.score,
                    "counted": one.counted,
                    "statistics": list(one.statistics),
                }
                for one in self.recordings
            ],
        }

    @classmethod
    def from_dict(cls, report: Mapping[str, Any]) -> ScoreReport:
        """The report that `to_dict` wrote, also when it went through JSON in between."""
        low, high = report["interval"]
        return cls(
            metric=report["metric"],
            score=report["score"],
            interval=(low, high),
            figures=dict(report["figures"]),
            parts={name: dict(part) for name, part in report["parts"]},
            labels=tuple(report["labels"]),
            confusion=tuple(tuple(row) for row in report["confusion"]),
            counted=report["counted"],
            rows=report["rows"],
            recordings=tuple(
                RecordingScore(one["recording"], one["score"], one["counted"], tuple(one["statistics"]))
                for one in report["recordings"]
            ),
        )

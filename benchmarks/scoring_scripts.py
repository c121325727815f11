"""Check and score a submission as scoring scripts of other platforms do: a table for each file, then scikit-learn."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix

from data_spec.agreement import is_agreed
from data_spec.challenge import Challenge
from data_spec.stream import NO_LABEL, Labels, Times


@dataclass(frozen=True)
class Truth:
    """What such a script knows of a recording beforehand.

    Attributes:
        times: seconds, shape (rows,)
        counts: which rows count, shape (rows,)
        labels: of the rows that count: their names, or their numbers.
    """

    times: Times
    counts: NDArray[np.bool_]
    labels: NDArray[Any]


class ScoringScript:
    """Reads each file into a table, checks it column by column, and has scikit-learn count.

    Args:
        challenge: each frame of its recordings has one label.
        labels: the truth, by recording.
        engine: `c` or `pyarrow`, of `pandas.read_csv`, or `polars`.
        names: whether labels are told apart by their names, as `idxmax` gives them, or by the numbers of columns.
    """

    def __init__(
        self, challenge: Challenge, labels: Mapping[str, Labels], *, engine: str = "c", names: bool = True
    ) -> None:
        self._challenge, self._engine, self._names = challenge, engine, names
        self._labels = list(challenge.task.labels)
        self._kinds: list[Any] = self._labels if names else list(range(len(self._labels)))
        self._truths = {}
        for name, one in labels.items():
            counts = is_agreed(one.agreement, challenge.task.agreement_threshold) & (one.index != NO_LABEL)
            self._truths[name] = Truth(one.times, counts, np.array(self._kinds)[one.index[counts]])

    def score(self, path: Path) -> tuple[float, list[list[int]]]:
        """The weighted accuracy and the confusion matrix. A file that is not as expected ends the process."""
        predicted = []
        with zipfile.ZipFile(path) as archive:
            for name, truth in self._truths.items():
                with archive.open(f"{self._challenge.submission.folder}/{name}.csv") as file:
                    predicted.append(self._read(file, truth)[truth.counts])
        truths = np.concatenate([truth.labels for truth in self._truths.values()])
        given = np.concatenate(predicted)
        return (
            float(accuracy_score(truths, given)),
            confusion_matrix(truths, given, labels=self._kinds).tolist(),
        )

    def _read(self, file: IO[bytes], truth: Truth) -> NDArray[Any]:
        """The label of each row."""
        tolerance = self._challenge.submission.time_tolerance_seconds
        if self._engine == "polars":
            return self._read_with_polars(file, truth, tolerance)
        table = pd.read_csv(file, engine=self._engine)
        if list(table.columns) != list(self._challenge.task.columns) or len(table) != len(truth.times):
            sys.exit("expected other columns or rows")
        values = table[self._labels]
        times_agree = (table["Time"] - truth.times).abs().max() < tolerance
        if not (times_agree and values.isin([0, 1]).all(axis=None) and (values.sum(axis=1) == 1).all()):
            sys.exit("expected other times or values")
        return values.idxmax(axis=1).to_numpy() if self._names else values.to_numpy().argmax(axis=1)

    def _read_with_polars(self, file: IO[bytes], truth: Truth, tolerance: float) -> NDArray[Any]:
        import polars as pl  # a peer that need not be there

        table = pl.read_csv(file.read())
        if table.columns != list(self._challenge.task.columns) or len(table) != len(truth.times):
            sys.exit("expected other columns or rows")
        values = table.select(self._labels)
        legal = values.select(pl.all_horizontal(pl.all().is_in([0, 1])).all()).item()
        one_each = (values.sum_horizontal() == 1).all()
        if not (legal and one_each and np.abs(table["Time"].to_numpy() - truth.times).max() < tolerance):
            sys.exit("expected other times or values")
        numbers = values.to_numpy().argmax(axis=1)
        return np.array(self._kinds)[numbers]

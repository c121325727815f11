"""Published corpora of the kinds of task that ask for numbers, small enough to write by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.challenge import FILE_NAME, Challenge, dump_challenge, load_challenge
from data_spec.csv_files import write_labels, write_template
from data_spec.modality import Modality
from data_spec.stream import NO_LABEL, Labels
from data_spec.task import ClipRatings
from tests.scorer.server import tiny_corpus

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class TinyKind:
    """A challenge of one kind, and the truth of its test.

    Attributes:
        challenge: with small limits.
        truth: what the annotators said, by recording.
        best: predictions without a mistake, by recording.
        worst: predictions of which nothing is right.
    """

    challenge: Challenge
    truth: Mapping[str, Labels]
    best: Mapping[str, Numbers]
    worst: Mapping[str, Numbers]

    def predictions(self, good: float) -> dict[str, Numbers]:
        """Predictions that lie between the worst, 0, and the best, 1."""
        return {name: good * self.best[name] + (1 - good) * self.worst[name] for name in self.truth}

    def files(self, predictions: Mapping[str, Numbers]) -> dict[str, str]:
        """The files of a submission, by name."""
        return {
            f"{self.challenge.submission.folder}/{name}.csv": self._file(self.truth[name].times, rows)
            for name, rows in predictions.items()
        }

    def zip(self, good: float = 1.0) -> bytes:
        """A legal submission."""
        return tiny_corpus.zip_of(self.files(self.predictions(good)))

    def write_published(self, out: Path) -> Path:
        """What `data_spec publish` writes, as far as a server reads it."""
        split = self.challenge.split(self.challenge.stages[0].split)
        self.write_labels(out / "organisers" / split.folder)
        for name, labels in self.truth.items():
            template = out / split.audience / split.folder / self.challenge.submission.folder / f"{name}.csv"
            write_template(template, labels.times, self.challenge.task)
            for modality in self.challenge.modalities:
                file = out / split.audience / split.folder / modality.folder / f"{name}{modality.suffix}"
                file.parent.mkdir(exist_ok=True)
                file.write_text(_stream(modality) if modality.is_table else "no sound\n", encoding="utf-8")
        for audience in ("organisers", split.audience):
            (out / audience / FILE_NAME).write_text(dump_challenge(self.challenge), encoding="utf-8")
        return out

    def write_labels(self, folder: Path, change: Callable[[Labels], Labels] = lambda labels: labels) -> Path:
        """The labels of the test, as they are or changed."""
        for name, labels in self.truth.items():
            write_labels(folder / "labels" / f"{name}.csv", change(labels), self.challenge.task)
        return folder

    def _file(self, times: Numbers, rows: Numbers) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.challenge.task.columns)
        for time, row in zip(times.tolist(), rows.tolist(), strict=True):
            writer.writerow([repr(time), *(f"{value:.6f}" for value in row)])
        return text.getvalue()


def mosei() -> TinyKind:
    """Four recordings of a few segments, whose intensities are thirds; the worst predictions are the farthest."""
    chance = np.random.default_rng(6)
    truth = {}
    for name, segments in {"id00000001": 5, "id00000002": 3, "id00000003": 7, "id00000004": 4}.items():
        times = np.round(np.cumsum(chance.uniform(2.0, 9.0, segments)), 3)
        shown = chance.random((segments, 6)) < 0.4
        truth[name] = Labels.of_attributes(times, np.where(shown, chance.integers(1, 10, (segments, 6)), 0) / 3)
    best = {name: labels.values for name, labels in truth.items()}
    return TinyKind(
        _small("mosei"), truth, best, {name: np.where(values < 1.5, 3.0, 0.0) for name, values in best.items()}
    )


def mspface() -> TinyKind:
    """Forty-five clips, the last one a tie; the worst predictions are the next label, and attributes turned round."""
    challenge = _small("mspface")
    task = challenge.task
    assert isinstance(task, ClipRatings)
    chance = np.random.default_rng(13)
    truth, best, worst = {}, {}, {}
    scored = len(task.scored_labels)
    for number in range(45):
        index = number % len(task.labels) if number < 44 else NO_LABEL
        name, values = f"id{number:08d}", np.round(chance.uniform(1.5, 6.5, (1, len(task.attributes))), 3)
        agreement = 0.4 if index == NO_LABEL else 0.6
        truth[name] = Labels(np.zeros(1), np.array([index], dtype=np.int8), np.array([agreement]), values)
        scores = np.eye(scored)[[index % scored if index != NO_LABEL else 0]]
        best[name] = np.hstack([scores, values])
        worst[name] = np.hstack([np.roll(scores, 1, axis=1), 8.0 - values])
    return TinyKind(challenge, truth, best, worst)


def recola() -> TinyKind:
    """Four recordings of 4 s with two waves; the worst predictions are the waves upside down."""
    challenge = _small("recola")
    truth = {}
    for number in range(4):
        times = np.arange(100) / 25
        slow, fast = np.sin(times + number), np.cos((2 + number) * times)
        truth[f"id{number:08d}"] = Labels.of_attributes(times, np.round(np.column_stack([0.8 * slow, 0.4 * fast]), 4))
    best = {name: labels.values for name, labels in truth.items()}
    return TinyKind(challenge, truth, best, {name: -values for name, values in best.items()})


KINDS: Mapping[str, Callable[[], TinyKind]] = {"mosei": mosei, "mspface": mspface, "recola": recola}
"""By the name of the challenge."""


def _stream(modality: Modality) -> str:
    """A file of features: one row of zeros."""
    return "\n".join([",".join(["Time", *map(str, range(modality.features))]), "0.5" + ",0" * modality.features, ""])


def _small(name: str) -> Challenge:
    """A challenge of the kit with small limits of size, and without its made-up corpus."""
    challenge = load_challenge(name)
    limits = challenge.submission.model_copy(update={"max_zip_bytes": 200_000, "max_unpacked_bytes": 2_000_000})
    return challenge.model_copy(update={"submission": limits, "synthetic": None})

"""A system that learns nothing but the mean, of any kind of task: for what all systems have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baseline.run_folder import RunFolder
from baseline.system import Published, Size, System, Table, TrainingData
from baseline.training import Training
from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import Corpus, RecordingFolder
from data_spec.csv_files import write_labels, write_stream, write_template
from data_spec.stream import NO_LABEL, Labels, Stream
from data_spec.task import KINDS, AnyTask

CHALLENGE_OF_KIND = {
    "framewise_one_hot": "merc2017",
    "segment_intensities": "mosei",
    "clip_ratings": "mspface",
    "continuous_attributes": "recola",
}


@dataclass(frozen=True)
class Settings:
    """How far the prediction lies from the mean."""

    offset: float = 0.0


@dataclass(frozen=True)
class Mean:
    """Predicts the same numbers everywhere."""

    numbers: tuple[float, ...]

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[Any]]:
        rows = {name: len(folder.templates[name]) for name in recordings}
        if folder.challenge.task.prediction_ranges is None:
            return {name: np.full(count, int(np.argmax(self.numbers)), dtype=np.int8) for name, count in rows.items()}
        return {name: np.tile(self.numbers, (count, 1)) for name, count in rows.items()}

    def save(self, folder: Path) -> None:
        (folder / "mean.json").write_text(json.dumps(self.numbers))


def load(folder: Path) -> Mean:
    return Mean(tuple(json.loads((folder / "mean.json").read_text())))


def train(data: TrainingData, variant: str, settings: Settings, seed: int, run: RunFolder) -> Mean:
    if variant not in ("mean", "median"):
        raise ValueError(f"variant: expected mean or median. Received: {variant!r}")
    labels = [data.train.folder.labels[name] for name in data.train.recordings]
    scored = getattr(data.challenge.task, "scored_labels", data.challenge.task.labels)
    shares = [np.mean(np.concatenate([one.index for one in labels]) == number) for number in range(len(scored))]
    values = np.concatenate([one.values for one in labels])
    means = values.mean(axis=0) if variant == "mean" else np.median(values, axis=0)
    run.write_curves("training", [{"epoch": 1, "loss": 0.5}])
    # So that seeds differ.
    return Mean((*map(float, shares), *(means + settings.offset + 0.01 * seed).tolist()))


PLAIN = System(
    name="plain",
    title="The mean",
    source="none",
    kinds=frozenset(KINDS),
    variants=lambda challenge: ("mean", "median"),
    settings=lambda size, variant: Settings(),
    train=train,
    load=load,
    tables=(
        Table(
            "means",
            "Table 1: the mean of all",
            (
                Published("mean", "mean_absolute_error", 0.5),
                Published("mean", "happy.mean_absolute_error", None),
                Published("median", "mean_absolute_error", 0.4),
            ),
        ),
    ),
    challenge="mosei",
)


def plain_training(seed: int = 0, variant: str = "mean", offset: float = 0.0, hold_out: bool = True) -> Training:
    return Training(PLAIN, variant, Size.TINY, Settings(offset), seed, hold_out)


def labelled_corpus(root: Path, kind: str, recordings: int = 8, hide_test: bool = False) -> Corpus:
    """A corpus of a kind of task without any stream: labels of every split, or templates of the hidden ones."""
    return corpus_of_chance(root, load_challenge(CHALLENGE_OF_KIND[kind]), recordings, hide_test, streams=False)


def corpus_of_chance(
    root: Path, challenge: Challenge, recordings: int = 4, hide_test: bool = False, streams: bool = True
) -> Corpus:
    """A corpus of any challenge whose modalities are tables; labels and streams have nothing to do with each other."""
    corpus = Corpus.create(root, challenge)
    rng = np.random.default_rng(5)
    for split in challenge.splits.folders:
        folder = corpus.root / split.folder
        for number in range(recordings):
            labels = some_labels(challenge, rng)
            name = f"{split.name}{number}"
            if hide_test and split.labels == "hidden":
                write_template(folder / challenge.submission.folder / f"{name}.csv", labels.times, challenge.task)
            else:
                write_labels(folder / "labels" / f"{name}.csv", labels, challenge.task)
            for modality in challenge.modalities if streams else ():
                times = np.arange(labels.times[0], labels.times[-1] + 1 / modality.rate, 1 / modality.rate)
                values = rng.normal(size=(len(times), modality.features)).astype(np.float32)
                write_stream(folder / modality.folder / f"{name}.csv", Stream(times, values), modality)
    return corpus


def some_labels(challenge: Challenge, rng: np.random.Generator) -> Labels:
    task = challenge.task
    rows = {"clip_ratings": 1, "segment_intensities": 5}.get(task.kind, 500)
    times = 2.0 + np.arange(rows) / (task.rate or 1)
    index = rng.integers(0, len(task.labels), rows) if task.labels else np.full(rows, NO_LABEL)
    return Labels(times, index.astype(np.int8), np.ones(rows), _values(task, rows, rng))


def _values(task: AnyTask, rows: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Legal ones: on the steps of their attribute."""
    columns = [one.least + (rng.integers(0, 10, rows) / 9) * (one.most - one.least) for one in task.attributes]
    return np.column_stack(columns) if columns else np.empty((rows, 0))

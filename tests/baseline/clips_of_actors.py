"""Six actors with a clip of each label, and a system that minds whom it met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from baseline.run_folder import RunFolder
from baseline.subjects import subjects_of
from baseline.system import TrainingData
from baseline.training import Training
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus, Recording, RecordingFolder
from data_spec.csv_files import write_labels, write_stream
from data_spec.splits import assign_splits
from data_spec.stream import Labels, Stream
from tests.baseline.plain_system import PLAIN, plain_training

ACTORS, TAKES, FEATURES = 6, 6, 3


def clips_corpus(root: Path) -> Corpus:
    """Six actors, one clip of each label of each, in all three splits; a row of three columns that tells the label."""
    speech = load_challenge("ravdess_speech")
    modality = speech.modalities[0].model_copy(update={"features": FEATURES})
    challenge = speech.model_copy(update={"modalities": (modality,)})
    corpus = Corpus.create(root, challenge)
    rng = np.random.default_rng(0)
    places = rng.normal(size=(TAKES, FEATURES))
    clips = {f"clip{actor}{label}": (actor, label) for actor in range(ACTORS) for label in range(TAKES)}
    takes = [(name, actor % 2 + 1, f"actor_{actor}") for name, (actor, _) in clips.items()]
    split_of = assign_splits(takes, challenge.splits, seed=0)
    for name, (_, label) in clips.items():
        folder = corpus.root / challenge.split(split_of[name]).folder
        values = (places[label] + rng.normal(0, 0.7, FEATURES)).astype(np.float32)
        write_stream(folder / "speech" / f"{name}.csv", Stream(np.zeros(1), values[np.newaxis]), modality)
        labels = Labels(np.zeros(1), np.array([label], np.int8), np.ones(1), np.empty((1, 0)))
        write_labels(folder / "labels" / f"{name}.csv", labels, challenge.task)
    corpus.write_recordings(Recording(name, session, actor, split_of[name]) for name, session, actor in takes)
    return corpus


def rows_of(folder: RecordingFolder, recordings: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    streams = folder.streams("speech")
    values = np.concatenate([streams[name].values for name in recordings])
    return values, np.array([folder.labels[name].index[0] for name in recordings])


def nearest() -> Any:
    return make_pipeline(StandardScaler(), NearestCentroid())


@dataclass(frozen=True)
class Nearest:
    """The label whose mean is nearest; it minds whom it met."""

    model: Any
    met: frozenset[str]

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[Any]]:
        assert not self.met & set(subjects_of(folder, recordings))
        labels = self.model.predict(rows_of(folder, recordings)[0])
        return {name: np.eye(TAKES)[[label]] for name, label in zip(recordings, labels, strict=True)}

    def save(self, folder: Path) -> None:
        (folder / "met.txt").write_text(" ".join(sorted(self.met)))


def train(data: TrainingData, variant: str, settings: Any, seed: int, run: RunFolder) -> Nearest:
    model = nearest().fit(*rows_of(data.train.folder, data.train.recordings))
    seen = (*data.train.recordings, *data.validation.recordings)
    return Nearest(model, frozenset(subjects_of(data.train.folder, seen)))


NEAREST = replace(PLAIN, name="nearest", title="The nearest mean", train=train, tables=())


def training(hold_out: bool = False) -> Training:
    return replace(plain_training(hold_out=hold_out), system=NEAREST)

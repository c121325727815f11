"""What tests of the reference systems share."""

from __future__ import annotations

import numpy as np
import pytest

from baseline.system import Part, TrainingData
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import Labels, Stream

RATES = {"text": 3, "audio": 20, "video": 10}
SPLITS = {"train": 16, "validation": 6, "test": 4}


@pytest.fixture(scope="session")
def segments_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Recordings of three segments each, 3 columns a stream; the first column of the audio is the happiness.

    The last recording of each split has no text.
    """
    mosei = load_challenge("mosei")
    modalities = [one.model_copy(update={"features": 3, "rate": RATES[one.name]}) for one in mosei.modalities]
    challenge = mosei.model_copy(update={"modalities": tuple(modalities)})
    corpus = Corpus.create(tmp_path_factory.mktemp("segments") / "corpus", challenge)
    rng = np.random.default_rng(0)
    for split, count in SPLITS.items():
        for number in range(count):
            name, start = f"{split}{number:02d}", rng.uniform(0, 10)
            begins = start + np.array([0.0, 2.0, 5.0])
            values = rng.integers(0, 10, (3, 6)) / 3 * (rng.random((3, 6)) < 0.3)
            for modality in challenge.modalities:
                if modality.name != "text" or number < count - 1:
                    times = start + np.arange(7 * modality.rate) / modality.rate
                    shown = rng.normal(size=(len(times), 3)).astype(np.float32)
                    if modality.name == "audio":
                        shown[:, 0] = values[np.searchsorted(begins, times, side="right") - 1, 3] + 0.1
                    write_stream(corpus.root / split / modality.folder / f"{name}.csv", Stream(times, shown), modality)
            write_labels(
                corpus.root / split / "labels" / f"{name}.csv", Labels.of_attributes(begins, values), challenge.task
            )
    return corpus


@pytest.fixture(scope="session")
def segments_data(segments_corpus: Corpus) -> TrainingData:
    """Its training and validation recordings."""
    train, validation = segments_corpus.folder("train"), segments_corpus.folder("validation")
    return TrainingData(Part(train, train.recordings), Part(validation, validation.recordings))

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus, Recording
from data_spec.csv_files import write_labels, write_stream
from data_spec.splits import assign_splits
from data_spec.stream import Labels, Stream

SECONDS = 2


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """A folder of real data by name, or a skip where it is absent."""
    root = Path(os.environ.get("KIT_SHARED_DATA") or Path(__file__).parents[2].parent / "shared" / "data")

    def find(name: str) -> Path:
        if not (root / name).is_dir():
            pytest.skip(f"needs the real data {name} (KIT_SHARED_DATA)")
        return root / name

    return find


@pytest.fixture
def tiny_corpus(tmp_path: Path) -> Corpus:
    """A whole corpus of 12 recordings of 2 s, two of each session, with every modality, nothing missing."""
    challenge = load_challenge("merc2017")
    corpus = Corpus.create(tmp_path / "corpus", challenge)
    takes = [(f"id{number:08x}", number % 6 + 1, f"actor_{number % 6 + 1:02d}") for number in range(12)]
    split_of = assign_splits(takes, challenge.splits, seed=0)
    rng = np.random.default_rng(0)
    for name, _, _ in takes:
        folder = corpus.root / challenge.split(split_of[name]).folder
        start = rng.uniform(0, 100)
        for modality in challenge.modalities:
            times = start + np.arange(SECONDS * modality.rate) / modality.rate
            values = rng.uniform(0.5, 1.5, (len(times), modality.features)).astype(np.float32)
            write_stream(folder / modality.folder / f"{name}.csv", Stream(times, values), modality)
        frames = SECONDS * challenge.task.rate
        index = rng.integers(0, 6, frames).astype(np.int8)
        labels = Labels(start + np.arange(frames) / challenge.task.rate, index, np.repeat([0.6, 0.8], frames // 2))
        write_labels(folder / "labels" / f"{name}.csv", labels, challenge.task)
    corpus.write_recordings([Recording(name, session, actor, split_of[name]) for name, session, actor in takes])
    return corpus

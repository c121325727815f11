"""From a corpus to what a system may see while it is trained, and what it is tested on.

Where a challenge has a split `validation` with published labels, its organisers have chosen the validation. Elsewhere a
tenth of the recordings of `train` is held out, drawn by the seed.
"""

from __future__ import annotations

import math

import numpy as np

from baseline.system import Part, TrainingData
from data_spec.corpus import Corpus, CorpusError, RecordingFolder

TRAIN, VALIDATION = "train", "validation"
"""The names of the splits."""

HELD_OUT = 10
"""One of so many recordings is held out where the challenge has no validation."""


def training_data(corpus: Corpus, seed: int = 0, hold_out: bool = True) -> TrainingData:
    """What a system is fitted on, and other recordings that decide when training stops and what is chosen.

    Args:
        corpus: whole or as participants have it.
        seed: of the recordings that are held out, where the challenge has no split `validation`.
        hold_out: whether any are; without them the validation has no recordings, which suits a system that chooses
            nothing on it.

    Raises:
        CorpusError: the corpus lacks a split, or has too few labelled recordings.
        CsvError: a file of labels is broken.
    """
    train = corpus.folder(TRAIN)
    labelled = tuple(sorted(train.labels))
    if VALIDATION in corpus.challenge.published_splits:
        validation = corpus.folder(VALIDATION)
        watched = tuple(sorted(validation.labels))
        if not labelled or not watched:
            raise CorpusError(
                f"{corpus.root}: expected labelled recordings in train and validation, "
                f"found {len(labelled)} and {len(watched)}"
            )
        return TrainingData(Part(train, labelled), Part(validation, watched))
    count = math.ceil(len(labelled) / HELD_OUT) if hold_out else 0
    if len(labelled) <= count:
        raise CorpusError(
            f"{train.path}: expected at least {count + 1} labelled recordings to train on"
            f"{' and to hold out' if hold_out else ''}, found {len(labelled)}"
        )
    drawn = np.random.default_rng(seed).permutation(len(labelled))[:count]
    held_out = {labelled[place] for place in drawn.tolist()}
    return TrainingData(
        Part(train, tuple(name for name in labelled if name not in held_out)),
        Part(train, tuple(name for name in labelled if name in held_out)),
    )


def test_folder(corpus: Corpus) -> RecordingFolder | None:
    """The recordings of the first stage, where the corpus holds them; with their labels in an organiser's corpus."""
    split = corpus.challenge.split(corpus.challenge.stages[0].split)
    if not (corpus.root / split.folder).is_dir():
        return None
    return corpus.folder(split.name)

"""Whole tiny corpora of the kinds of task whose answers are numbers, made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import Corpus, Recording
from data_spec.csv_files import write_labels, write_stream
from data_spec.stream import Labels, Stream

SECONDS = 4


def write_corpus(root: Path, name: str, recordings: int = 6) -> Corpus:
    """A corpus without media: two recordings for each split, values drawn, every table modality there."""
    challenge = load_challenge(name)
    corpus = Corpus.create(root, challenge)
    splits = [split.name for split in challenge.splits.folders]
    listed = []
    for number in range(recordings):
        recording = Recording(f"id{number:08x}", 1, f"actor_{number:02d}", splits[number % len(splits)])
        listed.append(recording)
        rng = np.random.default_rng(number)
        folder = corpus.root / challenge.split(recording.split).folder
        for modality in challenge.modalities:
            if modality.is_table:
                times = np.arange(SECONDS * modality.rate if modality.rate > 1 else 1) / modality.rate
                values = rng.uniform(0.5, 1.5, (len(times), modality.features)).astype(np.float32)
                write_stream(folder / modality.folder / f"{recording.name}.csv", Stream(times, values), modality)
        write_labels(folder / "labels" / f"{recording.name}.csv", draw_labels(challenge, rng), challenge.task)
    corpus.write_recordings(listed)
    return corpus


def draw_labels(challenge: Challenge, rng: np.random.Generator) -> Labels:
    """Labels of one recording: three segments, one clip, or frames."""
    task = challenge.task
    rows = {"segment_intensities": 3, "clip_ratings": 1}.get(task.kind, SECONDS * (task.rate or 0))
    times = np.arange(rows) / (task.rate or 1)
    columns = []
    for attribute in task.attributes:
        values = rng.uniform(attribute.least, attribute.most, rows)
        if attribute.step is not None:
            values = attribute.least + np.round((values - attribute.least) / attribute.step) * attribute.step
        columns.append(values)
    if not task.labels:
        return Labels.of_attributes(times, np.column_stack(columns))
    index = rng.integers(0, len(task.labels), rows).astype(np.int8)
    return Labels(times, index, np.full(rows, 0.8), np.column_stack(columns))

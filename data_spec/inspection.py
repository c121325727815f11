"""Inspection: every file of a corpus against its challenge, going on after a fault.

A corpus may be whole or one of the published folders; what must be there follows from what it is:

| corpus | has | each recording needs |
|---|---|---|
| whole | `recordings.csv`, streams | labels |
| for participants, for stage 2 | streams | labels where they are published, else a template |
| the organisers' | `recordings.csv`, no streams | labels, where they are hidden |
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.agreement import is_agreed
from data_spec.annotations.consensus import annotation_faults
from data_spec.annotations.references import REFERENCES_FILE, reference_faults
from data_spec.challenge import FILE_NAME, Challenge, SplitFolder
from data_spec.corpus import (
    ANNOTATIONS_FOLDER,
    COMPONENTS_FILE,
    LABELS_FOLDER,
    RECORDINGS_FILE,
    Corpus,
    CorpusError,
    RecordingFolder,
)
from data_spec.csv_files import CsvError, CsvFault, csv_files_in, format_time, read_labels, read_stream, read_template
from data_spec.media_inspection import media_faults
from data_spec.modality import Modality
from data_spec.recordings_list import list_faults
from data_spec.stream import Labels, Stream, Times
from data_spec.task import FramewiseOneHot

STEP_TOLERANCE = 0.1
"""How far one frame may come early or late, in frames."""

SPAN_TOLERANCE = 2.0
"""How far a stream may reach beyond the labels, in its own frames: modalities begin at different instants."""


@dataclass(frozen=True)
class Measured:
    """What one recording holds.

    Attributes:
        split: the split of its folder.
        frames: how many frames it has labels for, or times to predict.
        seconds: how long these last.
        label_frames: how many frames show each label, shape (labels,); zeros where there are no labels.
        values: of each attribute in each row, shape (rows, attributes); no rows where there are no labels.
        agreed_frames: frames whose agreement is over the threshold.
        unlabelled: whether it has no labels (a published test).
        absent_files: the modalities that it lacks.
        missing: share of its time, by modality, for which there is no frame or one of zeros.
    """

    split: str
    frames: int
    seconds: float
    label_frames: NDArray[np.int64]
    values: NDArray[np.float64]
    agreed_frames: int
    unlabelled: bool
    absent_files: frozenset[str]
    missing: Mapping[str, float]


@dataclass
class Inspection:
    """What was found in a corpus: faults, in the order of the folders, and what the sound recordings hold."""

    faults: list[CsvFault] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)


Result = tuple[list[CsvFault], Measured | None]
"""The faults of one recording's files, and what it holds where there are none."""


def _no_progress(results: Iterable[Result], total: int) -> Iterable[Result]:
    return results


def inspect(corpus: Corpus, progress: Callable[[Iterable[Result], int], Iterable[Result]] = _no_progress) -> Inspection:
    """Hold every file of a corpus against its challenge.

    Args:
        corpus: whole, or one of the published folders.
        progress: wraps the recordings' results, given how many come; shows a bar, or nothing.

    Returns:
        At most one fault of a stream, labels or template file: the first in it.
    """
    challenge = corpus.challenge
    is_listed = (corpus.root / RECORDINGS_FILE).exists()
    folders = [(corpus.folder(split.name), split) for split in corpus.splits]
    has_streams = any(
        (folder.path / modality.folder).is_dir() for folder, _ in folders for modality in challenge.modalities
    )
    found = Inspection(faults=[*_unknown_entries(corpus)])
    if not folders:
        found.faults.append(CsvFault(corpus.root, None, None, "a folder of a split", "none"))
    for folder, split in folders:
        found.faults += _wrong_folder(folder, split, is_listed)
        found.faults += _annotations_of_nobody(folder)
    if is_listed:
        expected = {split.name for split in challenge.splits.folders if has_streams or split.labels == "hidden"}
        found.faults += _list_faults(
            corpus, {split.name: set(folder.recordings) for folder, split in folders}, expected
        )
    else:
        found.faults += reference_faults(corpus.root, None)
    jobs = [(folder, split, name) for folder, split in folders for name in folder.recordings]

    def run(job: tuple[RecordingFolder, SplitFolder, str]) -> Result:
        return _inspect_recording(*job, has_streams=has_streams, is_listed=is_listed)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for faults, measured in progress(pool.map(run, jobs), len(jobs)):
            found.faults += faults
            if measured is not None:
                found.measured.append(measured)
    return found


def _list_faults(corpus: Corpus, found: dict[str, set[str]], expected: set[str]) -> Iterable[CsvFault]:
    path = corpus.root / RECORDINGS_FILE
    try:
        recordings = corpus.read_recordings()
        names = {one.name for one in recordings}
        return [
            *list_faults(path, recordings, corpus.challenge, found, expected),
            *reference_faults(corpus.root, names),
        ]
    except CorpusError as error:
        return [CsvFault(path, None, None, "a readable list", str(error))]


def _unknown_entries(corpus: Corpus) -> Iterator[CsvFault]:
    """What the challenge does not name, in the corpus and its split folders. Hidden files are nobody's business."""
    challenge = corpus.challenge
    splits = [split.folder for split in challenge.splits.folders]
    suffixes = {LABELS_FOLDER: ".csv", ANNOTATIONS_FOLDER: ".csv", challenge.submission.folder: ".csv"}
    suffixes |= {modality.folder: modality.suffix for modality in challenge.modalities}
    places = [(corpus.root, {FILE_NAME, RECORDINGS_FILE, REFERENCES_FILE, COMPONENTS_FILE, *splits})]
    places += [(corpus.root / split.folder, set(suffixes)) for split in corpus.splits]
    for place, known in places:
        for entry in sorted(place.iterdir()):
            if entry.name not in known and not entry.name.startswith("."):
                yield CsvFault(entry, None, None, f"one of {sorted(known)}", repr(entry.name))
    for split in corpus.splits:
        for name, suffix in suffixes.items():
            folder = corpus.root / split.folder / name
            if folder.exists() and not folder.is_dir():
                yield CsvFault(folder, None, None, "a folder", "a file")
            for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
                if not (entry.suffix == suffix and entry.is_file()) and not entry.name.startswith("."):
                    yield CsvFault(entry, None, None, f"files named <recording>{suffix}", repr(entry.name))


def _wrong_folder(folder: RecordingFolder, split: SplitFolder, is_listed: bool) -> Iterator[CsvFault]:
    """Labels where they are hidden, templates where there are labels."""
    template = folder.path / folder.challenge.submission.folder
    for name in (LABELS_FOLDER, ANNOTATIONS_FOLDER):
        if not is_listed and split.labels == "hidden" and (folder.path / name).exists():
            yield CsvFault(folder.path / name, None, None, f"no {name}: those of {split.name!r} are hidden", name)
    if (is_listed or split.labels == "published") and template.exists():
        yield CsvFault(template, None, None, "no templates beside labels", "templates")


def _annotations_of_nobody(folder: RecordingFolder) -> Iterator[CsvFault]:
    """Annotations of recordings that there are not."""
    for file in csv_files_in(folder.path / ANNOTATIONS_FOLDER):
        if file.stem not in folder.recordings:
            yield CsvFault(file, None, None, "annotations of a recording with labels", "no such recording")


def _inspect_recording(
    folder: RecordingFolder, split: SplitFolder, name: str, has_streams: bool, is_listed: bool
) -> Result:
    challenge, file_name = folder.challenge, f"{name}.csv"
    faults: list[CsvFault] = []
    labels: Labels | None = None
    times: Times | None = None
    has_labels = is_listed or split.labels == "published"
    path = folder.path / (LABELS_FOLDER if has_labels else challenge.submission.folder) / file_name
    try:
        if has_labels:
            labels = read_labels(path, challenge.task)
        times = labels.times if labels else read_template(path, challenge.task)
        faults += [] if challenge.task.rate is None else _time_faults(path, times, challenge.task.rate)
    except CsvError as error:
        faults.append(error.fault)
    streams: dict[str, Stream] = {}
    annotations = folder.path / ANNOTATIONS_FOLDER / file_name
    if labels is not None and annotations.is_file():
        faults += annotation_faults(annotations, path, challenge.task)
    rate = challenge.task.rate
    for modality in challenge.modalities:
        if (file := folder.media(modality.name, name)) is None:
            continue
        path = file
        if not modality.is_table:
            faults += media_faults(path, modality, times, None if rate is None else 1 / rate)
        else:
            try:
                streams[modality.name] = stream = read_stream(path, modality)
                faults += _time_faults(path, stream.times, modality.rate)
                if times is not None:
                    faults += _span_faults(path, stream.times, times, modality, is_open=rate is None)
            except CsvError as error:
                faults.append(error.fault)
    if faults or times is None:
        return faults, None
    return [], _measure(challenge, split, times, labels, streams if has_streams else None)


def _time_faults(path: Path, times: Times, rate: int) -> list[CsvFault]:
    """The first frame that does not come one frame after the one before."""
    steps = np.diff(times) * rate
    wrong = np.flatnonzero(np.abs(steps - 1) > STEP_TOLERANCE)
    if len(wrong) == 0:
        return []
    row = int(wrong[0])
    expected = f"{format_time(round(times[row] + 1 / rate, 6))}, one frame (1/{rate} s) after the one before"
    return [CsvFault(path, row + 3, "Time", expected, format_time(times[row + 1]))]


def _span_faults(path: Path, times: Times, labelled: Times, modality: Modality, is_open: bool) -> list[CsvFault]:
    """A stream that begins before the labels or ends after them; `is_open`: the last row has no end."""
    slack = SPAN_TOLERANCE / modality.rate
    end = "the end" if is_open else f"{labelled[-1]:g}"
    expected = f"a time from {labelled[0]:g} to {end}, where the labels are, give or take {slack:g} s"
    last = np.inf if is_open else labelled[-1] + slack
    outside = np.flatnonzero((times < labelled[0] - slack) | (times > last))
    if len(outside) == 0:
        return []
    return [CsvFault(path, int(outside[0]) + 2, "Time", expected, format_time(times[outside[0]]))]


def _measure(
    challenge: Challenge,
    split: SplitFolder,
    times: Times,
    labels: Labels | None,
    streams: Mapping[str, Stream] | None,
) -> Measured:
    names = [modality.name for modality in challenge.modalities if modality.is_table] if streams is not None else []
    missing = {}
    for name in names:
        stream = (streams or {}).get(name)
        present = 0.0
        if stream is not None:
            flags = Stream(stream.times, stream.present[:, None].astype(np.float32))
            present = float(flags.at(times).mean())
        missing[name] = 1.0 - present
    task = challenge.task
    index = labels.index[labels.index >= 0] if labels else np.empty(0, np.int8)
    threshold = task.agreement_threshold if isinstance(task, FramewiseOneHot) else None
    return Measured(
        split=split.name,
        frames=len(times),
        seconds=_seconds(times, task.rate, (streams or {}).values()),
        label_frames=np.bincount(index, minlength=len(task.labels)),
        values=labels.values if labels else np.empty((0, len(task.attributes))),
        agreed_frames=int(is_agreed(labels.agreement, threshold).sum()) if labels and threshold is not None else 0,
        unlabelled=labels is None,
        absent_files=frozenset(name for name in names if name not in (streams or {})),
        missing=missing,
    )


def _seconds(times: Times, rate: int | None, streams: Iterable[Stream]) -> float:
    """How long the labels last, or where rows last as long as they last, the longest stream."""
    if rate is not None:
        return len(times) / rate
    ends = [float(stream.times[-1] + stream.step) for stream in streams if len(stream.times) > 1]
    return max(ends, default=float(times[-1])) - float(times[0])

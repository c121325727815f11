"""The annotations of a corpus, whichever of its split folders have some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from data_spec.annotations.clips import ClipAnnotations, read_clip_annotations
from data_spec.annotations.consensus import RatedTask
from data_spec.annotations.traces import Traces, read_traces
from data_spec.corpus import ANNOTATIONS_FOLDER, LABELS_FOLDER, Corpus, CorpusError
from data_spec.csv_files import csv_files_in
from data_spec.task import ClipRatings, ContinuousAttributes


@dataclass(frozen=True)
class Annotated:
    """One recording that raters have rated: the files of what they said, and of what they said together."""

    name: str
    annotations: Path
    labels: Path


def annotated_recordings(corpus: Corpus) -> list[Annotated]:
    """Every recording of a corpus that has a file of annotations, split by split.

    Raises:
        CorpusError: none has one.
    """
    found = [
        Annotated(file.stem, file, corpus.root / split.folder / LABELS_FOLDER / file.name)
        for split in corpus.splits
        for file in csv_files_in(corpus.root / split.folder / ANNOTATIONS_FOLDER)
    ]
    if not found:
        folders = [f"{split.folder}/{ANNOTATIONS_FOLDER}" for split in corpus.splits]
        raise CorpusError(
            f"{corpus.root}: expected annotations in {', '.join(folders) or 'a split folder'}, found none"
        )
    return found


def rated_task(corpus: Corpus) -> RatedTask:
    """The task of a corpus whose annotations are kept per rater.

    Raises:
        CorpusError: the task is of another kind.
    """
    task = corpus.challenge.task
    if not isinstance(task, RatedTask):
        raise CorpusError(
            f"{corpus.root}: expected a task whose annotations are kept per rater (clip_ratings or "
            f"continuous_attributes), found {task.kind}"
        )
    return task


def read_clips(recordings: Iterable[Annotated], task: ClipRatings) -> Mapping[str, ClipAnnotations]:
    """What each rater said of each clip, by recording. Raises CsvError."""
    return {one.name: read_clip_annotations(one.annotations, task) for one in recordings}


def read_all_traces(recordings: Iterable[Annotated], task: ContinuousAttributes) -> Mapping[str, Traces]:
    """What each rater said of each recording, by recording. Raises CsvError."""
    return {one.name: read_traces(one.annotations, task) for one in recordings}

"""A whole synthetic corpus, written recording by recording."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from data_spec.annotations.clips import ClipAnnotations, write_clip_annotations
from data_spec.annotations.references import write_references
from data_spec.annotations.traces import Traces, write_traces
from data_spec.challenge import Challenge, ChallengeError
from data_spec.corpus import ANNOTATIONS_FOLDER, LABELS_FOLDER, Corpus
from data_spec.csv_files import write_labels, write_stream
from data_spec.synthetic import clips, continuous, framewise, segments
from data_spec.synthetic.media import write_film, write_sound
from data_spec.synthetic.performed import Film, Performed
from data_spec.synthetic.planning import PlannedRecording, plan
from data_spec.synthetic.story import AnyStory
from data_spec.task import ClipRatings, ContinuousAttributes, expect_task
from data_spec.whole_folder import whole_folder

Perform = Callable[[Challenge, Any, int, PlannedRecording], Performed]

PERFORM: Mapping[str, Perform] = {
    "framewise_one_hot": framewise.perform,
    "segment_intensities": segments.perform,
    "clip_ratings": clips.perform,
    "continuous_attributes": continuous.perform,
}
"""What performs a recording, by the kind of the task, which the story is of too."""


def synthesize(
    out: Path,
    challenge: Challenge,
    recordings: int | None = None,
    seed: int = 0,
    processes: int | None = None,
    done: Callable[[int], object] = lambda count: None,
) -> Corpus:
    """Write a corpus, labels of all splits included. The same seed gives the same bytes.

    Args:
        out: a new or empty folder.
        challenge: has a `synthetic` part.
        recordings: how many; the challenge's number by default.
        seed: of all chance in it.
        processes: how many work at once; one for each core by default.
        done: is called with the number of recordings written since the last call.

    Raises:
        ChallengeError: the challenge does not describe a synthetic corpus.
        CorpusError: `out` has files in it.
        MissingPackageError: the challenge has sound or pictures, and what writes them is not installed.
    """
    story = challenge.synthetic
    if story is None:
        raise ChallengeError(
            f"challenge {challenge.name!r}: no part 'synthetic', so there is no synthetic corpus of it"
        )
    planned = plan(challenge, story, recordings or story.recordings, seed)
    with whole_folder(out) as aside, ProcessPoolExecutor(processes or os.cpu_count()) as pool:
        corpus = Corpus.create(aside, challenge)
        write = partial(_write_recording, aside, challenge, story, seed)
        references = []
        for one, is_reference in zip(planned, pool.map(write, planned, chunksize=4), strict=True):
            if is_reference:
                references.append(one.recording.name)
            done(1)
        if references:
            write_references(aside, references)
        corpus.write_recordings(one.recording for one in planned)
    return Corpus.open(out)


def _write_recording(root: Path, challenge: Challenge, story: AnyStory, seed: int, planned: PlannedRecording) -> bool:
    """Perform and write one recording. Returns whether raters are tracked by it."""
    performed = PERFORM[story.kind](challenge, story, seed, planned)
    folder = root / challenge.split(planned.recording.split).folder
    name = planned.recording.name
    write_labels(folder / LABELS_FOLDER / f"{name}.csv", performed.labels, challenge.task)
    for modality_name, stream in performed.streams.items():
        modality = challenge.modality(modality_name)
        write_stream(folder / modality.folder / f"{name}{modality.suffix}", stream, modality)
    for modality_name, medium in performed.media.items():
        modality = challenge.modality(modality_name)
        path = folder / modality.folder / f"{name}{modality.suffix}"
        if isinstance(medium, Film):
            write_film(path, medium)
        else:
            write_sound(path, medium)
    _write_annotations(folder / ANNOTATIONS_FOLDER / f"{name}.csv", performed.annotations, challenge)
    return performed.is_reference


def _write_annotations(path: Path, annotations: ClipAnnotations | Traces | None, challenge: Challenge) -> None:
    if isinstance(annotations, ClipAnnotations):
        write_clip_annotations(path, annotations, expect_task(challenge.task, ClipRatings))
    elif isinstance(annotations, Traces):
        write_traces(path, annotations, expect_task(challenge.task, ContinuousAttributes))

"""The folder of an import: free at the beginning, a corpus at the end."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data_spec.challenge import FILE_NAME, Challenge, dump_challenge
from data_spec.corpus import COMPONENTS_FILE, LABELS_FOLDER, RECORDINGS_FILE, Corpus, CorpusError, Recording
from data_spec.csv_files import write_labels
from data_spec.extraction.components import NoFaceError, face_components, read_projected
from data_spec.extraction.extracting import Progress, no_progress
from data_spec.extraction.target import WORK_FOLDER
from data_spec.extraction.writing import write_streams
from data_spec.importers.clips import Clip
from data_spec.importers.span import Span
from data_spec.task import FramewiseOneHot, expect_task
from data_spec.whole_file import whole_file

FACE = "face"


@dataclass(frozen=True)
class Part:
    """A recording, and the part of a clip that it is."""

    recording: Recording
    clip: Clip
    span: Span


def check_free(out: Path, challenge: Challenge) -> None:
    """Raises CorpusError unless `out` is a new or empty folder, or that of an interrupted import."""
    if out.exists() and not out.is_dir():
        raise CorpusError(f"{out}: expected a new or empty folder, found a file")
    found = {entry.name for entry in out.iterdir()} if out.exists() else set()
    if found and (WORK_FOLDER not in found or found - _written(challenge) - {WORK_FOLDER}):
        raise CorpusError(
            f"{out}: expected a new or empty folder, or that of an interrupted import, found one with other files in it"
        )


def write_corpus(out: Path, challenge: Challenge, parts: Sequence[Part], progress: Progress = no_progress) -> None:
    """Write the corpus of what was extracted; the results of the extraction are removed at the end.

    Every stream is cut to the span of its recording, and every frame in it has the clip's label.

    Args:
        out: the folder of the import.
        challenge: that of the corpus.
        parts: the recordings.
        progress: told the seconds that are written.

    The components of faces are fitted on the whole clips of the splits whose labels are published; where no face is in
    any of these, the face streams are gaps.
    """
    for name in _written(challenge):
        # What an interrupted import wrote may be of other clips.
        shutil.rmtree(out / name) if (out / name).is_dir() else (out / name).unlink(missing_ok=True)
    work = out / WORK_FOLDER
    columns = challenge.modality(FACE).features
    try:
        train = [part.recording.name for part in parts if part.recording.split in challenge.published_splits]
        components = face_components(out, work, train, columns)
    except NoFaceError:
        components = None
    total, done = sum(part.span.seconds for part in parts), 0.0
    progress(done, total)
    rate = expect_task(challenge.task, FramewiseOneHot).rate
    for part in parts:
        name = part.recording.name
        whole = read_projected(work, name, components, columns)
        cut = {modality: part.span.cut(stream) for modality, stream in whole.items()}
        # A sound that is shorter than a picture may have none.
        streams = {modality: stream for modality, stream in cut.items() if len(stream.times)}
        folder = out / challenge.split(part.recording.split).folder
        write_streams(folder, name, streams, challenge, from_pose=True)
        labels = part.span.labels(part.clip.label, part.clip.agreement, rate)
        write_labels(folder / LABELS_FOLDER / f"{name}.csv", labels, challenge.task)
        done += part.span.seconds
        progress(done, total)
    Corpus(out, challenge).write_recordings(part.recording for part in parts)
    with whole_file(out / FILE_NAME) as file:
        file.write(dump_challenge(challenge).encode())
    shutil.rmtree(work)


def _written(challenge: Challenge) -> set[str]:
    """What an import writes before it is complete."""
    return {COMPONENTS_FILE, RECORDINGS_FILE, *(split.folder for split in challenge.splits.folders)}

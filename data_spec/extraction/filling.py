"""The results of an extraction → the files of a corpus: streams, labels, templates, the organiser's list."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from data_spec.challenge import SplitFolder
from data_spec.corpus import COMPONENTS_FILE, LABELS_FOLDER, RECORDINGS_FILE, Corpus
from data_spec.csv_files import read_labels, write_template
from data_spec.extraction.components import NoFaceError, face_components, load_components, read_projected
from data_spec.extraction.extracting import Outcome, Progress, no_progress
from data_spec.extraction.finding import Found
from data_spec.extraction.source import Source
from data_spec.extraction.target import WORK_FOLDER
from data_spec.extraction.writing import within, write_streams
from data_spec.features.face.components import FaceComponents
from data_spec.features.resampling import frame_times
from data_spec.task import FramewiseOneHot, expect_task
from data_spec.whole_file import whole_file

LATE_LABELS_SECONDS = 1.0
"""How far labels may reach beyond their recording before it is said."""


@dataclass
class Filled:
    """What was written.

    Attributes:
        recordings: by split.
        modalities: how many recordings have each.
        notes: what to say of recordings, and of which.
        unlabelled: the recordings that need labels before the corpus passes its check, by split.
        components: what the face columns are projected with; None without faces.
        is_fitted_anew: whether these take the place of others, which were fitted while there was no train.
    """

    recordings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    modalities: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unlabelled: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    components: FaceComponents | None = None
    is_fitted_anew: bool = False


def fill(corpus: Corpus, found: Found, outcome: Outcome, progress: Progress = no_progress) -> Filled:
    """Write the files of every recording that was extracted.

    Labels are copied, and streams cut to their time. A recording without labels gets a template where its split's
    labels are hidden, unless the corpus has an organiser's list: then it is whole, and has labels alone.

    Args:
        corpus: the results are in its work folder.
        found: the recordings that were asked for.
        outcome: which of them were extracted; one whose labels do not fit joins those that are broken.
        progress: told the seconds of media that are written.
    """
    filled = Filled()
    if found.listed:
        rows = {one.name: one for one in corpus.read_recordings()} if _is_listed(corpus) else {}
        corpus.write_recordings((rows | {one.name: one for one in found.listed}).values())
    _choose_components(filled, corpus, found, outcome)
    total, done = sum(report.seconds for report in outcome.done.values()), 0.0
    progress(done, total)
    for name, sources in found.sources.items():
        split = corpus.challenge.split(name)
        for source in sources:
            if (report := outcome.done.get(source.recording)) is None:
                continue
            try:
                _write_recording(corpus, split, source, found, outcome, filled)
            except ValueError as error:
                del outcome.done[source.recording]
                outcome.broken[source.recording] = str(error)
            done += report.seconds
            progress(done, total)
    if filled.is_fitted_anew:
        _remove_faces(corpus, found, outcome.broken)
    return filled


def _is_listed(corpus: Corpus) -> bool:
    return (corpus.root / RECORDINGS_FILE).is_file()


def _choose_components(filled: Filled, corpus: Corpus, found: Found, outcome: Outcome) -> None:
    """Find or fit the components for the corpus' faces."""
    with_face = [name for name, report in outcome.done.items() if "face" in report.modalities]
    if not with_face:
        return
    published = {source.recording for source in found.to_train_on(corpus.challenge)}
    train = [name for name in with_face if name in published]
    others = [name for name in with_face if name not in published]
    columns = corpus.challenge.modality("face").features
    path = corpus.root / COMPONENTS_FILE
    before = load_components(path, columns) if path.is_file() else None
    with suppress(NoFaceError):
        filled.components = face_components(corpus.root, corpus.root / WORK_FOLDER, train, columns, others)
        filled.is_fitted_anew = before is not None and before.fitted_on != filled.components.fitted_on


def _remove_faces(corpus: Corpus, found: Found, recordings: Collection[str]) -> None:
    """What an earlier run projected with other components, of recordings that can be extracted no more."""
    face = corpus.challenge.modality("face").folder
    for name, sources in found.sources.items():
        for source in sources:
            if source.recording in recordings:
                folder = corpus.root / corpus.challenge.split(name).folder / face
                (folder / f"{source.recording}.csv").unlink(missing_ok=True)


def _write_recording(
    corpus: Corpus,
    split: SplitFolder,
    source: Source,
    found: Found,
    outcome: Outcome,
    filled: Filled,
) -> None:
    challenge, folder, name = corpus.challenge, corpus.root / split.folder, source.recording
    report = outcome.done[name]
    columns = next((one.features for one in challenge.modalities if one.name == "face"), 0)
    streams = read_projected(corpus.root / WORK_FOLDER, name, filled.components, columns)
    notes = list(report.notes)
    template = folder / challenge.submission.folder / f"{name}.csv"
    own_labels = folder / LABELS_FOLDER / f"{name}.csv"
    given = found.labels.get(name, own_labels)
    if given.is_file():
        labels = read_labels(given, challenge.task)
        try:
            streams = within(labels, streams)
        except ValueError as error:
            raise ValueError(f"{given}: {error}") from error
        if labels.times[-1] > report.seconds + LATE_LABELS_SECONDS:
            notes.append(f"labels: they go on for more than {LATE_LABELS_SECONDS:g} s after the recording's end")
        if given != own_labels:
            _copy(given, own_labels)
        template.unlink(missing_ok=True)
    elif split.labels == "hidden" and not _is_listed(corpus):
        write_template(
            template, frame_times(report.seconds, expect_task(challenge.task, FramewiseOneHot).rate), challenge.task
        )
    else:
        filled.unlabelled[split.name].append(name)
    write_streams(folder, name, streams, challenge, from_pose=source.joints is None)
    for modality in report.settings["modalities"]:
        if modality not in streams:
            # Of an earlier run, when there was something.
            (folder / challenge.modality(modality).folder / f"{name}.csv").unlink(missing_ok=True)
    filled.recordings[split.name].append(name)
    for modality in streams:
        filled.modalities[modality] += 1
    for note in notes:
        filled.notes[note].append(name)


def _copy(original: Path, copy: Path) -> None:
    with whole_file(copy) as file, original.open("rb") as content:
        shutil.copyfileobj(content, file)

"""A corpus on disk.

```
CORPUS/
  challenge.yaml                  the challenge it belongs to
  recordings.csv                  the organiser's list: recording, session, actor, split
  references.csv                  where annotators were tracked: the items they were held against
  face_components.npz             where faces were extracted: what their columns are projected with
  train/{audio,…,labels}/<recording>.csv          modalities of sound and pictures: .flac and .mp4
  test/{audio,…,labels}/<recording>.csv           the labels of a published folder are replaced by
  private_test/{audio,…,labels}/<recording>.csv   prediction/<recording>.csv, the templates
```

Where each annotator's word is kept, `annotations/<recording>.csv` lies beside the labels, and goes where they go.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from data_spec.cache import Pack, open_pack
from data_spec.challenge import FILE_NAME, Challenge, SplitFolder, dump_challenge, find_challenge, load_challenge
from data_spec.csv_files import CsvFault, files_in, read_stream
from data_spec.file_kinds import labels_of, streams_of, templates_of
from data_spec.modality import Modality
from data_spec.stream import Labels, Stream, Times
from data_spec.whole_file import whole_file

LABELS_FOLDER = "labels"
ANNOTATIONS_FOLDER = "annotations"
"""What each annotator said; the labels follow from it."""
RECORDINGS_FILE = "recordings.csv"
COMPONENTS_FILE = "face_components.npz"
"""What the face columns are projected with: fitted on train, given to participants with it."""

RECORDINGS_COLUMNS = ["recording", "session", "actor", "split"]


class CorpusError(ValueError):
    """A corpus that cannot be used; the message says what is missing where."""


@dataclass(frozen=True)
class Recording:
    """One actor in one take."""

    name: str
    session: int
    actor: str
    split: str


class RecordingFolder:
    """One folder of recordings, such as `train/`: streams, and labels or templates."""

    def __init__(self, path: Path, challenge: Challenge) -> None:
        self.path = path
        self.challenge = challenge

    @cached_property
    def recordings(self) -> tuple[str, ...]:
        """The names of all recordings, sorted: those with labels or a template or any stream."""
        folders = {LABELS_FOLDER: ".csv", self.challenge.submission.folder: ".csv"}
        folders |= {modality.folder: modality.suffix for modality in self.challenge.modalities}
        return tuple(
            sorted({file.stem for name, suffix in folders.items() for file in files_in(self.path / name, suffix)})
        )

    def streams(self, modality_name: str) -> Pack[Stream]:
        """All streams of a modality, by recording; a recording without the modality is not in it.

        Raises:
            CsvError: a file is not of the challenge's form.
            ValueError: the modality is of sound or pictures: see `media`.
        """
        modality = self._table(modality_name)
        return open_pack(self.path / modality.folder, streams_of(modality))

    def stream(self, modality_name: str, recording: str) -> Stream | None:
        """One stream read from its own file, or None where the recording lacks the modality."""
        modality = self._table(modality_name)
        file = self.path / modality.folder / f"{recording}.csv"
        return read_stream(file, modality) if file.is_file() else None

    def media(self, modality_name: str, recording: str) -> Path | None:
        """The file of sound or pictures of one recording, or None where the recording lacks the modality."""
        modality = self.challenge.modality(modality_name)
        file = self.path / modality.folder / f"{recording}{modality.suffix}"
        return file if file.is_file() else None

    @cached_property
    def labels(self) -> Mapping[str, Labels]:
        """The labels of every recording that has some. Raises CsvError."""
        return dict(open_pack(self.path / LABELS_FOLDER, labels_of(self.challenge.task)))

    @cached_property
    def templates(self) -> Mapping[str, Times]:
        """The times to predict, by recording: from the templates, else from the labels. Raises CsvError."""
        templates = open_pack(self.path / self.challenge.submission.folder, templates_of(self.challenge.task))
        return dict(templates) or {recording: labels.times for recording, labels in self.labels.items()}

    def _table(self, modality_name: str) -> Modality:
        modality = self.challenge.modality(modality_name)
        if not modality.is_table:
            raise ValueError(f"{modality_name}: expected a modality of features. Received: one of {modality.form}")
        return modality


class Corpus:
    """A corpus, whole or as published: whichever of its split folders are there."""

    def __init__(self, root: Path, challenge: Challenge) -> None:
        self.root = root
        self.challenge = challenge

    @classmethod
    def open(cls, root: Path) -> Corpus:
        """The corpus in a folder. Raises CorpusError or ChallengeError that says what is missing."""
        if not (root / FILE_NAME).is_file():
            raise CorpusError(f"{root}: no {FILE_NAME} in it; is this a corpus?")
        return cls(root, load_challenge(root / FILE_NAME))

    @classmethod
    def create(cls, root: Path, challenge: Challenge) -> Corpus:
        """An empty corpus in a new or empty folder. Raises CorpusError where something is in the way."""
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise CorpusError(f"{root}: expected a new or empty folder, found one with files in it")
        root.mkdir(parents=True, exist_ok=True)
        with whole_file(root / FILE_NAME) as file:
            file.write(dump_challenge(challenge).encode())
        return cls(root, challenge)

    def folder(self, split_name: str) -> RecordingFolder:
        """The recordings of a split. Raises CorpusError where this corpus does not hold it."""
        split = self.challenge.split(split_name)
        if not (self.root / split.folder).is_dir():
            raise CorpusError(f"{self.root}: no folder {split.folder!r}, which holds the split {split_name!r}")
        return RecordingFolder(self.root / split.folder, self.challenge)

    @property
    def splits(self) -> tuple[SplitFolder, ...]:
        """The splits whose folders are there."""
        return tuple(split for split in self.challenge.splits.folders if (self.root / split.folder).is_dir())

    def read_recordings(self) -> tuple[Recording, ...]:
        """The organiser's list. Raises CorpusError where there is none, or names the row that is broken."""
        path = self.root / RECORDINGS_FILE
        try:
            with path.open(newline="", encoding="utf-8-sig") as file:
                rows = list(csv.reader(file, strict=True))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CorpusError(f"{path}: cannot be read: {error}") from error
        while rows and not rows[-1]:
            rows.pop()
        header = ",".join(RECORDINGS_COLUMNS)
        if not rows or rows[0] != RECORDINGS_COLUMNS:
            found = repr(",".join(rows[0])) if rows else "an empty file"
            raise CorpusError(str(CsvFault(path, 1, None, f"the header {header}", found)))
        recordings = []
        for line, row in enumerate(rows[1:], start=2):
            if len(row) != len(RECORDINGS_COLUMNS) or not all(row):
                raise CorpusError(str(CsvFault(path, line, None, f"a row of {header}", repr(",".join(row)))))
            name, session, actor, split = row
            if not session.isdecimal():
                raise CorpusError(str(CsvFault(path, line, "session", "a whole number", repr(session))))
            recordings.append(Recording(name, int(session), actor, split))
        return tuple(recordings)

    def write_recordings(self, recordings: Iterable[Recording]) -> None:
        """Write the organiser's list."""
        rows = sorted((one.name, one.session, one.actor, one.split) for one in recordings)
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([RECORDINGS_COLUMNS, *rows])
        with whole_file(self.root / RECORDINGS_FILE) as file:
            file.write(text.getvalue().encode())


def open_folder(path: Path, inner: str | None = None) -> RecordingFolder:
    """A folder of recordings named by a user, such as `participants/test`.

    Args:
        path: the folder, or the folder inside it that `inner` names.
        inner: a folder that must be in it, such as `labels` or `prediction`.

    Raises:
        CorpusError: no such folder, or `inner` is not in it.
        ChallengeError: no `challenge.yaml` in it or above it.
    """
    if not path.is_dir():
        raise CorpusError(f"{path}: expected a folder, found {'a file' if path.exists() else 'nothing'}")
    if inner is not None and not (path / inner).is_dir():
        if path.resolve().name != inner:
            found = sorted(entry.name for entry in path.iterdir())
            raise CorpusError(f"{path}: expected a folder {inner!r} in it, found {found[:10] or 'nothing'}")
        path = path.parent if path.name == inner else path.resolve().parent
    return RecordingFolder(path, find_challenge(path))

"""What a user names on the command line → recordings: which files belong together, and to which split.

```
FOLDER/
  anna.mp4               one recording; its sound is heard, its pictures are watched
  bert.mp4 bert.wav      one recording: the pictures of the one, the sound of the other
  anna.kinect.csv        joints, beside the media file of the same name; bert.csv would do too
  recordings.csv         the organiser's list, where there is one (see `data_spec/corpus.py`)
FOLDER/train/            with folders named as those of the challenge's splits: the recordings of each split
  carl.mp4
  labels/carl.csv
```
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data_spec.challenge import Challenge, SplitFolder
from data_spec.corpus import LABELS_FOLDER, RECORDINGS_FILE, Corpus, CorpusError, Recording
from data_spec.csv_files import csv_files_in, read_labels
from data_spec.extraction.names import recording_name
from data_spec.extraction.source import Source
from data_spec.media.container import PICTURE_SUFFIXES, SOUND_SUFFIXES

JOINTS_SUFFIXES = (".kinect.csv", ".csv")
"""What the name of a file of joints ends in: the first ones are joints even where there is nothing else."""


@dataclass
class Found:
    """The recordings that a user named.

    Attributes:
        sources: by split, each recording's name once in all of them.
        labels: files of labels, by recording; they have been read.
        listed: the rows of the organiser's list, where there is one.
        ignored: files that belong to no recording, though they look as if they might.
    """

    sources: dict[str, tuple[Source, ...]] = field(default_factory=dict)
    labels: dict[str, Path] = field(default_factory=dict)
    listed: tuple[Recording, ...] = ()
    ignored: list[Path] = field(default_factory=list)

    @property
    def all_sources(self) -> list[Source]:
        """Of all splits."""
        return [source for sources in self.sources.values() for source in sources]

    def to_train_on(self, challenge: Challenge) -> list[Source]:
        """Those of the splits whose labels are published: what is fitted is fitted on these."""
        return [source for name in self.sources if name in challenge.published_splits for source in self.sources[name]]


def find_recordings(place: Path, challenge: Challenge, joints: Path | None = None) -> Found:
    """The recordings in a folder, or the one in a file.

    Args:
        place: a media file, or a folder.
        challenge: whose splits the folders are named after. Without such folders all recordings go to the first
            split whose labels are hidden: there they need none.
        joints: of the one recording, where `place` is a file.

    Raises:
        CorpusError: nothing there, two recordings of one name, two files that both could be a part of one, or a
            broken list.
        CsvError: a file of labels is not of the challenge's form.
    """
    first_hidden = next(split for split in challenge.splits.folders if split.labels == "hidden")
    if place.is_file():
        source = _single(place, joints)
        return Found({first_hidden.name: (source,)})
    if not place.is_dir():
        raise CorpusError(f"{place}: expected a recording or a folder of some, found nothing")
    if joints is not None:
        expected = f"no joints for the folder {place}: those of its recordings lie beside them"
        raise CorpusError(f"{joints}: expected {expected}")
    found = Found()
    folders = [(split, place / split.folder) for split in challenge.splits.folders if (place / split.folder).is_dir()]
    for split, folder in folders or [(first_hidden, place)]:
        _add(found, split, folder, challenge)
    if folders:
        found.ignored += [path for path in _files(place) if path.suffix.lower() in PICTURE_SUFFIXES | SOUND_SUFFIXES]
    if (place / RECORDINGS_FILE).is_file():
        found.listed = Corpus(place, challenge).read_recordings()
    _require_some(found, place, [folder for _, folder in folders])
    _require_distinct(found.all_sources)
    return found


def _single(path: Path, joints: Path | None) -> Source:
    suffix = path.suffix.lower()
    if suffix not in PICTURE_SUFFIXES | SOUND_SUFFIXES:
        expected = f"a name that ends in one of {', '.join(sorted(PICTURE_SUFFIXES | SOUND_SUFFIXES))}"
        raise CorpusError(f"{path}: expected a recording: {expected}")
    if joints is not None and not joints.is_file():
        raise CorpusError(f"{joints}: expected a file of Kinect joints, found nothing")
    return Source(recording_name(path.stem), path, path if suffix in PICTURE_SUFFIXES else None, joints)


def _add(found: Found, split: SplitFolder, folder: Path, challenge: Challenge) -> None:
    """Add the recordings of one split."""
    pictures, sounds, joints = _by_stem(folder)
    sources = []
    for stem in sorted({*pictures, *sounds, *(stem for stem, path in joints.items() if _is_surely_joints(path))}):
        film = pictures.get(stem)
        sources.append(Source(recording_name(stem), sounds.get(stem, film), film, joints.pop(stem, None)))
    found.sources[split.name] = tuple(sources)
    found.ignored += joints.values()
    names = {source.recording for source in sources}
    for path in csv_files_in(folder / LABELS_FOLDER):
        recording = recording_name(path.stem)
        if recording in names:
            read_labels(path, challenge.task)
            found.labels[recording] = path
        else:
            found.ignored.append(path)


def _by_stem(folder: Path) -> tuple[dict[str, Path], dict[str, Path], dict[str, Path]]:
    """The films, sounds and joints of a folder, by the name that they share."""
    kinds: tuple[dict[str, Path], dict[str, Path], dict[str, Path]] = ({}, {}, {})
    for path in _files(folder):
        suffix = path.suffix.lower()
        if suffix in PICTURE_SUFFIXES:
            kind, stem = 0, path.stem
        elif suffix in SOUND_SUFFIXES:
            kind, stem = 1, path.stem
        elif suffix == ".csv" and path.name != RECORDINGS_FILE:
            kind, stem = 2, _joints_stem(path)
        else:
            continue
        if (other := kinds[kind].setdefault(stem, path)) != path:
            what = ("films", "sounds", "files of joints")[kind]
            two = f"{other.name} and {path.name}"
            raise CorpusError(f"{folder}: expected one recording of each name, found two {what} of the same: {two}")
    return kinds


def _joints_stem(path: Path) -> str:
    suffix = next(suffix for suffix in JOINTS_SUFFIXES if path.name.lower().endswith(suffix))
    return path.name[: -len(suffix)]


def _is_surely_joints(path: Path) -> bool:
    return path.name.lower().endswith(JOINTS_SUFFIXES[0])


def _files(folder: Path) -> list[Path]:
    """Sorted. Hidden ones, such as macOS leaves, are nobody's recordings."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _require_some(found: Found, place: Path, folders: Sequence[Path]) -> None:
    if not found.all_sources:
        where = f"in {', '.join(folder.name for folder in folders)}" if folders else "in it, not in folders inside it"
        expected = f"recordings {where}: files whose names end in .mp4, .mov, .wav or the like"
        raise CorpusError(f"{place}: expected {expected}, found none")


def _require_distinct(sources: Iterable[Source]) -> None:
    """Names that differ in nothing but capitals are one file on some disks."""
    by_name: Mapping[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_name[source.recording.casefold()].append(source)
    for same in by_name.values():
        if len(same) > 1:
            files = " and ".join(str(source.files[0]) for source in same)
            raise CorpusError(f"expected recordings of different names, found {files}, both {same[0].recording!r}")

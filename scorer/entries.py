"""Which entries of a zip are predictions, which are harmless extras, and which have no business there."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scorer.archive import Entry
from scorer.verdict import Fault, shown_name

HARMLESS_FOLDERS = frozenset({"__MACOSX"})
HARMLESS_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
HARMLESS_PREFIX = "._"
"""What macOS and Windows put into a zip unasked. Hidden files and folders are as harmless in a zip of predictions: the
cache of the templates (`data_spec.cache`) is one, for who packs their folder."""

MAX_NAMES_IN_NOTE = 5


@dataclass(frozen=True)
class Contents:
    """What a zip holds.

    Attributes:
        predictions: the position among the entries of each recording's file that can be read.
        faults: entries that are missing, unknown, in another place, or of a kind that is not read.
        notes: which extras were ignored.
    """

    predictions: Mapping[str, int]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def sort_entries(entries: Sequence[Entry], recordings: Collection[str], folder: str) -> Contents:
    """Match the entries of a zip with the files that are expected, `<folder>/<recording>.csv`."""
    recording_of = {f"{folder}/{recording}.csv": recording for recording in recordings}
    predictions: dict[str, int] = {}
    refused: dict[tuple[str, str], list[str]] = defaultdict(list)
    extras, folders, strangers = [], [], []
    seen: set[str] = set()
    for position, entry in enumerate(entries):
        if reason := _unsafe(entry):
            refused[reason].append(entry.name)
        elif _is_harmless(entry.name):
            extras.append(entry.name)
        elif entry.is_folder:
            folders.append(entry.name)
        elif entry.name not in recording_of:
            strangers.append(entry.name)
        elif reason := _unreadable(entry):
            refused[reason].append(entry.name)
        elif entry.name not in seen:
            predictions[recording_of[entry.name]] = position
        seen.add(entry.name)

    extras += _needless(folders, [f"{folder}/", *strangers])
    misplaced, faults_of_strangers = _explain_strangers(strangers, recordings, folder)
    present = {recording for name, recording in recording_of.items() if name in seen} | misplaced
    faults = [
        *(_grouped(names, *reason) for reason, names in refused.items()),
        *_repeated(entries),
        *faults_of_strangers,
        *(
            Fault(f"{folder}/{recording}.csv", None, None, "this file in the zip", "none")
            for recording in recordings
            if recording not in present
        ),
    ]
    return Contents(predictions, tuple(faults), tuple(_ignored(extras)))


def _unsafe(entry: Entry) -> tuple[str, str] | None:
    """What was expected and found instead, for an entry that would harm whoever unpacks it."""
    parts = entry.name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or parts[0].endswith(":"):
        return "a path inside the zip", "a path that leads out of it"
    if "\0" in entry.name:
        return "a name without NUL characters", "one with them"
    if entry.is_special:
        return "a file", "a link or a device"
    return None


def _unreadable(entry: Entry) -> tuple[str, str] | None:
    """What was expected and found instead, for an entry that cannot be read."""
    if entry.is_encrypted:
        return "a file without a password", "an encrypted file"
    if not entry.is_readable:
        return "a file that is stored or deflated", "another compression method"
    return None


def _is_harmless(name: str) -> bool:
    parts = name.removesuffix("/").split("/")
    is_hidden = any(part.startswith(".") and part != "." for part in parts)
    return is_hidden or not HARMLESS_FOLDERS.isdisjoint(parts) or parts[-1] in HARMLESS_NAMES


def _grouped(names: Sequence[str], expected: str, found: str) -> Fault:
    """One fault for all entries that have the same."""
    further = f" (and {len(names) - 1} more of them)" if len(names) > 1 else ""
    return Fault(shown_name(names[0]), None, None, expected, found + further)


def _repeated(entries: Iterable[Entry]) -> Iterator[Fault]:
    counts = Counter(entry.name for entry in entries if not entry.is_folder and not _is_harmless(entry.name))
    for name, count in counts.items():
        if count > 1:
            yield Fault(shown_name(name), None, None, "one file of this name", f"{count}")


def _explain_strangers(
    strangers: Sequence[str], recordings: Collection[str], folder: str
) -> tuple[set[str], list[Fault]]:
    """The recordings that are there but in another place, and a fault for each place and each unknown file."""
    by_spelling = {recording.casefold(): recording for recording in recordings}
    places: dict[str, list[str]] = defaultdict(list)
    faults, misplaced = [], set()
    for name in dict.fromkeys(strangers):
        place, _, last = name.replace("\\", "/").rpartition("/")
        recording = by_spelling.get(last.casefold().removesuffix(".csv")) if last.lower().endswith(".csv") else None
        if recording is None:
            expected = f"only {folder}/<recording>.csv for the recordings of the template"
            faults.append(Fault(shown_name(name), None, None, expected, "another file"))
            continue
        misplaced.add(recording)
        if name.rpartition("/")[0] == folder:
            expected = f"the name {folder}/{recording}.csv"
            faults.append(Fault(shown_name(name), None, None, expected, "another spelling"))
        else:
            places[place].append(name)
    for place, names in places.items():
        files = f"{len(names)} of them" if len(names) > 1 else "one of them"
        where = f"in {shown_name(place + '/')}" if place else "outside any folder"
        if place == folder:
            where = "with backslashes in their names"
        expected = f"the files in a folder {folder}/ at the top of the zip, with no folder around it"
        faults.append(Fault(shown_name(names[0]), None, None, expected, f"{files} {where}"))
    return misplaced, faults


def _needless(folders: Iterable[str], files: Iterable[str]) -> Iterator[str]:
    """The folders that none of the files is in."""
    ordered = sorted(files)
    for folder in folders:
        at = bisect_left(ordered, folder)
        if at == len(ordered) or not ordered[at].startswith(folder):
            yield folder


def _ignored(extras: Sequence[str]) -> Iterator[str]:
    if extras:
        names = ", ".join(map(shown_name, extras[:MAX_NAMES_IN_NOTE]))
        more = f" and {len(extras) - MAX_NAMES_IN_NOTE} more" if len(extras) > MAX_NAMES_IN_NOTE else ""
        yield f"ignored: {names}{more}"

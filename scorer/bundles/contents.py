"""Which entries of a zip are the files of a bundle, and which have no business in one.

A bundle is unpacked on the organisers' machine, so its names are looked at more closely than those of a
submission, whose files are never written anywhere.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scorer.archive import Entry
from scorer.bundles.manifest import MANIFEST
from scorer.entries import HARMLESS_FOLDERS, HARMLESS_NAMES, HARMLESS_PREFIX, MAX_NAMES_IN_NOTE
from scorer.verdict import Fault, shown_name

MOST_NAME_BYTES = 512
MOST_PART_BYTES = 255
"""Of the name of one folder or file: file systems know no longer ones."""


@dataclass(frozen=True)
class Contents:
    """What a zip holds.

    Attributes:
        files: the position among the entries of each file, by its path in the bundle.
        faults: entries that cannot be unpacked, or not everywhere, or not without harm.
        notes: which extras were ignored.
    """

    files: Mapping[str, int]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def sort_entries(entries: Sequence[Entry]) -> Contents:
    """The files among the entries of a zip. Folders are made when there is something to put into them."""
    files: dict[str, int] = {}
    refused: dict[tuple[str, str], list[str]] = defaultdict(list)
    extras = []
    for position, entry in enumerate(entries):
        if reason := _odd_name(entry.name) or _odd_kind(entry):
            refused[reason].append(entry.name)
        elif is_harmless(entry.name):
            extras.append(entry.name)
        elif not entry.is_folder:
            files.setdefault(entry.name, position)
    faults = [
        *(_grouped(names, *reason) for reason, names in refused.items()),
        *_repeated(entries, files),
        *_colliding(files),
    ]
    return Contents(files, tuple(faults), tuple(_ignored(extras)))


def is_harmless(name: str) -> bool:
    """Whether it is what macOS and Windows put into a zip unasked."""
    parts = name.removesuffix("/").split("/")
    return (
        not HARMLESS_FOLDERS.isdisjoint(parts) or parts[-1] in HARMLESS_NAMES or parts[-1].startswith(HARMLESS_PREFIX)
    )


def folder_around(files: Collection[str]) -> str | None:
    """The one folder that a whole bundle was put into, where that has happened."""
    tops = {name.partition("/")[0] for name in files}
    if len(tops) == 1 and f"{min(tops)}/{MANIFEST}" in files:
        return min(tops)
    return None


def _odd_name(name: str) -> tuple[str, str] | None:
    """What was expected and found instead, for a name that is not the same everywhere."""
    parts = name.removesuffix("/").replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or parts[0].endswith(":"):
        return "a path inside the zip", "a path that leads out of it"
    if "\\" in name:
        return "folders and files with / between them", "a backslash"
    if "" in parts or "." in parts:
        return "a plain path, such as code/model.py", "one with . or with nothing between two /"
    if not name.isprintable():
        return "a name of printable characters", "one with others"
    if len(name.encode()) > MOST_NAME_BYTES or any(len(part.encode()) > MOST_PART_BYTES for part in parts):
        return f"at most {MOST_NAME_BYTES} bytes of name, {MOST_PART_BYTES} of each folder", "more"
    return None


def _odd_kind(entry: Entry) -> tuple[str, str] | None:
    """What was expected and found instead, for an entry that is not unpacked."""
    if entry.is_special:
        return "a file", "a link or a device"
    if entry.is_encrypted:
        return "a file without a password", "an encrypted file"
    if not entry.is_readable and not entry.is_folder:
        return "a file that is stored or deflated", "another compression method"
    return None


def _grouped(names: Sequence[str], expected: str, found: str) -> Fault:
    """One fault for all entries that have the same."""
    further = f" (and {len(names) - 1} more of them)" if len(names) > 1 else ""
    return Fault(shown_name(names[0]), None, None, expected, found + further)


def _repeated(entries: Sequence[Entry], files: Collection[str]) -> Iterator[Fault]:
    for name, count in Counter(entry.name for entry in entries).items():
        if count > 1 and name in files:
            yield Fault(shown_name(name), None, None, "one file of this name", f"{count}")


def _colliding(files: Collection[str]) -> Iterator[Fault]:
    """Names that are one and the same on a Mac or on Windows, and files where others need a folder."""
    by_key: dict[str, str] = {}
    for name in files:
        other = by_key.setdefault(_key(name), name)
        if other != name:
            expected = f"a name that differs from {shown_name(other)} in more than capitals or accents"
            yield Fault(shown_name(name), None, None, expected, "one and the same on other systems")
    in_the_way = {}
    for key, name in by_key.items():
        at = -1
        while (at := key.find("/", at + 1)) >= 0:
            if file := by_key.get(key[:at]):
                in_the_way[file] = name
    for file, name in in_the_way.items():
        yield Fault(shown_name(file), None, None, f"a folder, since {shown_name(name)} is in it", "a file")


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _ignored(extras: Sequence[str]) -> Iterator[str]:
    if extras:
        names = ", ".join(map(shown_name, extras[:MAX_NAMES_IN_NOTE]))
        more = f" and {len(extras) - MAX_NAMES_IN_NOTE} more" if len(extras) > MAX_NAMES_IN_NOTE else ""
        yield f"ignored: {names}{more}"

"""Does a bundle carry the predictions that it should make? Found by their hashes, for a person to look at."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from data_spec.competition import ZipLimits
from scorer.archive import ArchiveError, open_archive
from scorer.bundles.bundle import Bundle
from scorer.verdict import shown_name

ZIP_START = b"PK"
MOST_DEPTH = 3
"""A zip in a zip in a zip."""

MOST_TIMES = 5
"""Zips in a bundle are opened until they held so many times what one submission may."""


def find_copies(bundle: Bundle, submissions: Iterable[tuple[str, Path]], limits: ZipLimits) -> list[str]:
    """Find files of a bundle, also in zips that are in it, that are submissions or prediction files out of them.

    Args:
        bundle: as it was read.
        submissions: a name for each, such as `submission 12`, and its zip.
        limits: of the submissions, and of each zip in the bundle that is opened.

    Returns:
        A sentence for each submission that was found, one for each of which prediction files were found, and one
        where the bundle's zips hold too much to be looked through.

    Raises:
        OSError: a submission cannot be read.
    """
    files = _Files(limits)
    for name in bundle.files:
        files.add(shown_name(name), bundle.read(name))
    sentences = []
    for label, path in submissions:
        if path.stat().st_size in files.sizes and (place := files.find(path.read_bytes())) is not None:
            sentences.append(f"{place} is {label}, byte for byte")
        members = list(dict.fromkeys(_members_found(path, files, limits)))
        if members:
            more = f" and {len(members) - 1} more are prediction files" if len(members) > 1 else " is a prediction file"
            sentences.append(f"{members[0]}{more} of {label}, byte for byte")
    if files.room < 0:
        sentences.append("the zips in the bundle hold too much: not all of it was looked through")
    return sentences


def _members_found(submission: Path, files: _Files, limits: ZipLimits) -> Iterator[str]:
    """Where in the bundle prediction files of a submission lie."""
    try:
        archive = open_archive(submission, limits)
    except ArchiveError:
        return
    for position, entry in enumerate(archive.entries):
        # Only prediction files: two empty ones, or what a computer leaves in every zip, say nothing.
        if entry.size and entry.size in files.sizes and entry.name.casefold().endswith(".csv"):
            with suppress(ArchiveError):
                if (place := files.find(archive.read(position))) is not None:
                    yield place


class _Files:
    """What a bundle holds, also within its zips, by hash.

    Attributes:
        sizes: of all of it, in bytes. What has another size needs no hash.
        room: how many bytes may still come out of zips; below 0: some were left closed.
    """

    def __init__(self, limits: ZipLimits) -> None:
        self._limits = limits
        self._places: dict[bytes, str] = {}
        self.sizes: set[int] = set()
        self.room = MOST_TIMES * limits.max_unpacked_bytes

    def add(self, place: str, content: bytes, depth: int = MOST_DEPTH) -> None:
        """Take a file in, and what is in it where it is a zip."""
        self._places.setdefault(hashlib.sha256(content).digest(), place)
        self.sizes.add(len(content))
        if depth == 0 or not content.startswith(ZIP_START):
            return
        try:
            archive = open_archive(io.BytesIO(content), self._limits)
        except ArchiveError:
            return
        for position, entry in enumerate(archive.entries):
            self.room -= entry.size
            if self.room < 0:
                return
            with suppress(ArchiveError):
                self.add(f"{shown_name(entry.name)} in {place}", archive.read(position), depth - 1)

    def find(self, content: bytes) -> str | None:
        """Where the same bytes lie, None where nowhere."""
        return self._places.get(hashlib.sha256(content).digest())

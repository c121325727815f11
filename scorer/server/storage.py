"""Uploaded files, kept under their SHA-256. A file that `keep` has returned survives a power cut."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from scorer.server.refusals import Refusal, TooLarge

CHUNK_BYTES = 256 * 1024

ABANDONED_SECONDS = 24 * 3600
"""A file to which nothing was added for so long is no upload any more."""


class BrokenOff(Refusal):
    """Fewer bytes arrived than were announced."""

    status = HTTPStatus.BAD_REQUEST


class Readable(Protocol):
    """Where uploaded bytes come from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


@dataclass(frozen=True)
class StoredFile:
    """A file that is kept."""

    sha256: str
    size: int


class Storage:
    """A folder of uploads: `incoming/` while they arrive, then `ab/ab12…`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def create(self) -> None:
        """Make the folders."""
        self.root.mkdir(mode=0o700)
        self.incoming.mkdir(mode=0o700)

    def remove_abandoned(self) -> None:
        """Remove what was arriving when an earlier process was killed: it is in no row, and nobody will finish it."""
        latest = time.time() - ABANDONED_SECONDS
        for file in self.incoming.iterdir():
            if file.stat().st_mtime < latest:
                file.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the bytes of that hash are."""
        return self.root / sha256[:2] / sha256

    def keep(self, source: Readable, *, most_bytes: int, announced_bytes: int | None = None) -> StoredFile:
        """Stream `source` to disk; return once its bytes are durable under their hash.

        Args:
            source: where the bytes come from.
            most_bytes: how many are allowed.
            announced_bytes: how many the sender said there are. A server below us may take the end of a
                broken connection for the end of the file.

        Raises:
            TooLarge: more than `most_bytes`; what had arrived is removed.
            BrokenOff: not as many as announced.
            Refusal: nothing arrived.
        """
        descriptor, name = tempfile.mkstemp(dir=self.incoming)
        arriving = Path(name)
        try:
            digest, size = hashlib.sha256(), 0
            with os.fdopen(descriptor, "wb") as file:
                while chunk := source.read(CHUNK_BYTES):
                    size += len(chunk)
                    if size > most_bytes:
                        raise too_large(most_bytes)
                    digest.update(chunk)
                    file.write(chunk)
                if announced_bytes is not None and size != announced_bytes:
                    raise BrokenOff(f"Expected {announced_bytes} bytes, found {size}: the upload broke off.")
                if size == 0:
                    raise Refusal("Expected a zip file, found nothing.", field="file")
                file.flush()
                os.fsync(file.fileno())
            stored = StoredFile(digest.hexdigest(), size)
            target = self.path(stored.sha256)
            target.parent.mkdir(exist_ok=True, mode=0o700)
            arriving.replace(target)
            for folder in (target.parent, self.root):
                _sync_folder(folder)
        finally:
            arriving.unlink(missing_ok=True)
        return stored


def too_large(most_bytes: int) -> TooLarge:
    """The refusal of a file that is larger than the challenge allows."""
    return TooLarge(f"Expected a zip of at most {format_bytes(most_bytes)}, found a larger one.", field="file")


def format_bytes(count: int) -> str:
    """A size for people, in decimal units.

    >>> format_bytes(50_000_000), format_bytes(1234), format_bytes(7)
    ('50 MB', '1.2 kB', '7 B')
    """
    size, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.1f}".removesuffix(".0") + f" {unit}"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Uploads while they arrive: a file of this machine, until size and hash are known."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from scorer.server.refusals import Refusal, TooLarge
from scorer.server.storage.sizes import format_bytes

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


@contextmanager
def arriving(
    folder: Path, source: Readable, *, most_bytes: int, announced_bytes: int | None
) -> Iterator[tuple[Path, StoredFile]]:
    """Stream `source` into a file of `folder`, durably; it is removed at the end, unless it was moved away.

    Raises: what `Storage.keep` says of the source.
    """
    with new_file(folder) as path:
        digest, size = hashlib.sha256(), 0
        with path.open("wb") as file:
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
        yield path, StoredFile(digest.hexdigest(), size)


@contextmanager
def new_file(folder: Path) -> Iterator[Path]:
    """An empty file that its owner alone can read; it is removed at the end, unless it was moved away."""
    descriptor, name = tempfile.mkstemp(dir=folder)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> None:
    """Remove the files of `folder` to which nothing was added for long."""
    latest = time.time() - ABANDONED_SECONDS
    for file in folder.iterdir():
        if file.stat().st_mtime < latest:
            file.unlink(missing_ok=True)


def too_large(most_bytes: int) -> TooLarge:
    """The refusal of a file that is larger than the challenge allows."""
    return TooLarge(f"Expected a zip of at most {format_bytes(most_bytes)}, found a larger one.", field="file")

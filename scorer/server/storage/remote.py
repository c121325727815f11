"""Uploads elsewhere, such as in S3, by fsspec. They arrive on this machine first, so that size and hash are known."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from scorer.server.refusals import Refusal
from scorer.server.storage.incoming import Readable, StoredFile, arriving, new_file, remove_abandoned

logger = logging.getLogger(__name__)

PROBE = "ready"
"""The name of the file that is written to see whether one can be."""


class StorageAway(Refusal):
    """The storage does not answer, or not as it should. Nothing is half kept."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class RemoteStorage:
    """A folder that fsspec names by a URL: `ab/ab12…` in it. Nothing is connected until it is needed."""

    def __init__(self, url: str, incoming: Path) -> None:
        self._url = url.rstrip("/")
        self.incoming = incoming

    def keep(self, source: Readable, *, most_bytes: int, announced_bytes: int | None = None) -> StoredFile:
        """See `Storage.keep`. What is there already is not sent again."""
        with (
            arriving(self.incoming, source, most_bytes=most_bytes, announced_bytes=announced_bytes) as (path, stored),
            _answering(),
        ):
            filesystem, target = self._find(stored.sha256)
            if _size_of(filesystem, target) != stored.size:
                filesystem.put_file(str(path), target)
                if (found := _size_of(filesystem, target)) != stored.size:
                    raise OSError(f"expected {stored.size} bytes to be kept, found {found}")
        return stored

    @contextmanager
    def local_copy(self, sha256: str) -> Iterator[Path]:
        """See `Storage.local_copy`: fetched, and compared with its hash."""
        with new_file(self.incoming) as path:
            with _answering():
                filesystem, source = self._find(sha256)
                is_there = _size_of(filesystem, source) is not None
                if is_there:
                    filesystem.get_file(source, str(path))
                    _check_hash(path, sha256)
            if not is_there:
                raise FileNotFoundError(f"{sha256}: expected the upload of that hash, found nothing")
            yield path

    def check_writable(self) -> None:
        """See `Storage.check_writable`: here, and there."""
        with new_file(self.incoming) as path, _answering():
            path.write_bytes(b"ready")
            filesystem, folder = self._open()
            filesystem.put_file(str(path), f"{folder}/{PROBE}")

    def remove_abandoned(self) -> None:
        """See `Storage.remove_abandoned`."""
        remove_abandoned(self.incoming)

    def _find(self, sha256: str) -> tuple[Any, str]:
        filesystem, folder = self._open()
        return filesystem, f"{folder}/{sha256[:2]}/{sha256}"

    def _open(self) -> tuple[Any, str]:
        """The file system and the folder in it. fsspec keeps one for each process and thread, so no fork shares any."""
        from fsspec.core import url_to_fs

        filesystem, folder = url_to_fs(self._url, use_listings_cache=False)
        return filesystem, folder


@contextmanager
def _answering() -> Iterator[None]:
    """Whatever fails on the way to the storage, the person who uploads is told to try again; the log says why."""
    try:
        yield
    except Exception as error:  # each kind of storage has its own
        logger.exception("the storage of uploads failed")
        raise StorageAway(
            "Expected our storage of uploads, found it away: nothing was changed. Try again in some minutes."
        ) from error


def _size_of(filesystem: Any, target: str) -> int | None:
    try:
        size = filesystem.info(target)["size"]
    except FileNotFoundError:
        return None
    return int(size)


def _check_hash(path: Path, sha256: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise OSError(f"expected bytes of the hash {sha256}, found some of {found}")

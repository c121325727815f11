"""Uploads in a folder of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scorer.server.storage.incoming import Readable, StoredFile, arriving, new_file, remove_abandoned


class LocalStorage:
    """A folder of uploads: `incoming/` while they arrive, then `ab/ab12…`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def create(self) -> None:
        """Make the folders."""
        self.root.mkdir(mode=0o700)
        self.incoming.mkdir(mode=0o700)

    def path(self, sha256: str) -> Path:
        """Where the bytes of that hash are."""
        return self.root / sha256[:2] / sha256

    def keep(self, source: Readable, *, most_bytes: int, announced_bytes: int | None = None) -> StoredFile:
        """See `Storage.keep`."""
        with arriving(self.incoming, source, most_bytes=most_bytes, announced_bytes=announced_bytes) as (path, stored):
            target = self.path(stored.sha256)
            target.parent.mkdir(exist_ok=True, mode=0o700)
            path.replace(target)
            for folder in (target.parent, self.root):
                _sync_folder(folder)
        return stored

    @contextmanager
    def local_copy(self, sha256: str) -> Iterator[Path]:
        """See `Storage.local_copy`: the file itself."""
        path = self.path(sha256)
        if not path.is_file():
            raise FileNotFoundError(f"{path}: expected the upload of that hash, found nothing")
        yield path

    def check_writable(self) -> None:
        """See `Storage.check_writable`."""
        with new_file(self.incoming) as path:
            path.write_bytes(b"ready")

    def remove_abandoned(self) -> None:
        """See `Storage.remove_abandoned`."""
        remove_abandoned(self.incoming)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Where uploads are kept, each under its SHA-256. A file that `keep` has returned survives a power cut."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from scorer.server.storage.incoming import BrokenOff, Readable, StoredFile, too_large
from scorer.server.storage.remote import StorageAway
from scorer.server.storage.sizes import format_bytes

__all__ = ["BrokenOff", "Readable", "Storage", "StorageAway", "StoredFile", "format_bytes", "too_large"]


class Storage(Protocol):
    """What the server asks of the place where uploads are."""

    def keep(self, source: Readable, *, most_bytes: int, announced_bytes: int | None = None) -> StoredFile:
        """Take in what `source` gives; return once its bytes are durable under their hash.

        Args:
            source: where the bytes come from.
            most_bytes: how many are allowed.
            announced_bytes: how many the sender said there are. A server below us may take the end of a
                broken connection for the end of the file.

        Raises:
            TooLarge: more than `most_bytes`; what had arrived is removed.
            BrokenOff: not as many as announced.
            StorageAway: they cannot be kept now.
            Refusal: nothing arrived.
        """
        ...

    def local_copy(self, sha256: str) -> AbstractContextManager[Path]:
        """A file on this machine with the bytes of that hash, for as long as the context lasts; not to be written to.

        Raises:
            FileNotFoundError: there are none.
            StorageAway: they cannot be read now.
        """
        ...

    def check_writable(self) -> None:
        """Write a little. Raises OSError or StorageAway where that is not possible."""
        ...

    def remove_abandoned(self) -> None:
        """Remove what was arriving when an earlier process was killed: it is in no row, and nobody will finish it."""
        ...

"""A backup that is being written: a tar, one file after another, and the list of them at its end."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from typing import BinaryIO

from scorer.server import clock
from scorer.server.backup.manifest import MANIFEST, Manifest, Member


class PackedBackup:
    """A tar that is being written, and the list of what is in it."""

    def __init__(self, file: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 (closed by `finish`)
        self._members: dict[str, Member] = {}
        self._made_at = clock.utc_now()

    def add(self, name: str, source: BinaryIO) -> Member:
        """Add all bytes of a file that is open at its beginning."""
        reader = _HashingReader(source)
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        self._tar.addfile(self._describe(name, size), reader)
        self._members[name] = Member(size=size, sha256=reader.digest.hexdigest())
        return self._members[name]

    def finish(self, revision: str) -> Manifest:
        """Add the list."""
        manifest = Manifest(made_at=self._made_at, revision=revision, members=self._members)
        content = manifest.model_dump_json(indent=1).encode()
        self._tar.addfile(self._describe(MANIFEST, len(content)), io.BytesIO(content))
        self._tar.close()
        return manifest

    def _describe(self, name: str, size: int) -> tarfile.TarInfo:
        described = tarfile.TarInfo(name)
        described.size, described.mode, described.mtime = size, 0o600, int(self._made_at.timestamp())
        return described


class _HashingReader:
    """Takes the hash of what the tar reads."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As a file does."""
        chunk = self._source.read(size)
        self.digest.update(chunk)
        return chunk

from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path

import pytest

from scorer.server.refusals import TooLarge
from scorer.server.storage import ABANDONED_SECONDS, BrokenOff, Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    storage = Storage(tmp_path / "submissions")
    storage.create()
    return storage


class Breaks(io.BytesIO):
    """A connection that ends in the midst."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(10)


def test_a_file_is_found_by_its_hash(storage: Storage) -> None:
    kept = storage.keep(io.BytesIO(b"content"), most_bytes=7)
    assert kept.sha256 == hashlib.sha256(b"content").hexdigest()
    assert kept.size == 7
    path = storage.path(kept.sha256)
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_byte_too_many_is_too_many(storage: Storage) -> None:
    with pytest.raises(TooLarge):
        storage.keep(io.BytesIO(b"content!"), most_bytes=7)


@pytest.mark.parametrize("announced", [6, 8])
def test_other_bytes_than_were_announced_are_not_kept(storage: Storage, announced: int) -> None:
    with pytest.raises(BrokenOff, match=f"Expected {announced} bytes, found 7: the upload broke off"):
        storage.keep(io.BytesIO(b"content"), most_bytes=10, announced_bytes=announced)
    assert [path for path in storage.root.rglob("*") if path.is_file()] == []


def test_a_broken_connection_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(ConnectionResetError):
        storage.keep(Breaks(bytes(100)), most_bytes=1000)
    assert [path for path in storage.root.rglob("*") if path.is_file()] == []


def test_what_a_killed_process_left_behind_is_removed_and_what_still_arrives_is_not(storage: Storage) -> None:
    left, arriving = storage.incoming / "left", storage.incoming / "arriving"
    for file in (left, arriving):
        file.write_bytes(b"PK")
    os.utime(left, (0, time.time() - ABANDONED_SECONDS - 1))
    storage.remove_abandoned()
    assert list(storage.incoming.iterdir()) == [arriving]

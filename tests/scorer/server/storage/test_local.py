from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path

import pytest

from scorer.server.refusals import Refusal, TooLarge
from scorer.server.storage.incoming import ABANDONED_SECONDS, BrokenOff
from scorer.server.storage.local import LocalStorage


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    storage = LocalStorage(tmp_path / "submissions")
    storage.create()
    return storage


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Breaks(io.BytesIO):
    """A connection that ends in the midst."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(10)


def test_a_file_is_found_by_its_hash(storage: LocalStorage) -> None:
    kept = storage.keep(io.BytesIO(b"content"), most_bytes=7)
    assert kept.sha256 == hashlib.sha256(b"content").hexdigest()
    assert kept.size == 7
    with storage.local_copy(kept.sha256) as path:
        assert path == storage.path(kept.sha256)
        assert path.read_bytes() == b"content"
        assert path.stat().st_mode & 0o777 == 0o600
    assert path.exists(), "what is kept is lent, not given away"


def test_a_hash_that_was_never_kept_is_not_found(storage: LocalStorage) -> None:
    with pytest.raises(FileNotFoundError, match="expected the upload of that hash"), storage.local_copy("0" * 64):
        pass


def test_what_is_kept_is_durable_before_keep_returns(storage: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        synced.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        real_sync(descriptor)

    def replace(path: Path, target: Path) -> Path:
        synced.append("renamed")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    storage.keep(io.BytesIO(b"content"), most_bytes=7)
    assert synced == ["file", "renamed", "folder", "folder"]


def test_one_byte_too_many_is_too_many(storage: LocalStorage) -> None:
    with pytest.raises(TooLarge):
        storage.keep(io.BytesIO(b"content!"), most_bytes=7)
    assert files_in(storage.root) == []


def test_nothing_is_not_kept(storage: LocalStorage) -> None:
    with pytest.raises(Refusal, match="Expected a zip file, found nothing"):
        storage.keep(io.BytesIO(), most_bytes=7)
    assert files_in(storage.root) == []


@pytest.mark.parametrize("announced", [6, 8])
def test_other_bytes_than_were_announced_are_not_kept(storage: LocalStorage, announced: int) -> None:
    with pytest.raises(BrokenOff, match=f"Expected {announced} bytes, found 7: the upload broke off"):
        storage.keep(io.BytesIO(b"content"), most_bytes=10, announced_bytes=announced)
    assert files_in(storage.root) == []


def test_a_broken_connection_leaves_nothing(storage: LocalStorage) -> None:
    with pytest.raises(ConnectionResetError):
        storage.keep(Breaks(bytes(100)), most_bytes=1000)
    assert files_in(storage.root) == []


def test_to_look_whether_it_can_be_written_leaves_nothing(storage: LocalStorage) -> None:
    storage.check_writable()
    assert files_in(storage.root) == []
    storage.incoming.rmdir()
    with pytest.raises(OSError):
        storage.check_writable()


def test_what_a_killed_process_left_behind_is_removed_and_what_still_arrives_is_not(storage: LocalStorage) -> None:
    left, arriving = storage.incoming / "left", storage.incoming / "arriving"
    for file in (left, arriving):
        file.write_bytes(b"PK")
    os.utime(left, (0, time.time() - ABANDONED_SECONDS - 1))
    storage.remove_abandoned()
    assert list(storage.incoming.iterdir()) == [arriving]

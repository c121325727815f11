"""A backup that is read. Whoever made it may be a stranger: nothing of it is believed that was not looked at."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from scorer.server.backup.manifest import (
    FOLDERS,
    MANIFEST,
    SUBMISSIONS,
    TABLES,
    BackupError,
    Manifest,
    Member,
    Progress,
)

CHUNK_BYTES = 1024 * 1024

MOST_MANIFEST_BYTES = 256 * 1024 * 1024
"""Of the list: a million uploads take half of it."""

_NAME = re.compile(
    rf"{MANIFEST}|{TABLES}/[a-z_]+\.jsonl|{SUBMISSIONS}/[0-9a-f]{{64}}|({'|'.join(FOLDERS)})(/[^/\\\x00-\x1f\x7f]+)+"
)


def unpack(archive: Path, target: Path, progress: Progress = iter) -> Manifest:
    """Write the files of a backup below the folder `target`, readable by their owner only.

    Raises:
        BackupError: it is no backup, or not the one that was made; what was written until then stays.
    """
    found: dict[str, Member] = {}
    manifest: Manifest | None = None
    with _open_tar(archive) as tar:
        members = {_checked_name(info): info for info in tar}
        if len(members) != len(tar.getmembers()):
            raise BackupError(f"{archive}: expected every file once, found one twice")
        for name in progress([*members]):
            source = tar.extractfile(members[name])
            assert source is not None  # it is a file
            if name == MANIFEST:
                manifest = _read_manifest(source)
            else:
                found[name] = _write_file(source, target, name)
    if manifest is None:
        raise BackupError(f"{archive}: expected {MANIFEST} in it, found none: the backup is not whole")
    _compare(found, manifest.members)
    return manifest


@contextmanager
def _open_tar(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, "r:") as tar:
            yield tar
    except BackupError:
        raise
    except (tarfile.TarError, EOFError, ValueError) as error:  # ValueError: of headers with numbers that are none
        raise BackupError(f"{archive}: expected a backup, found a file that cannot be read as one ({error})") from error


def _checked_name(info: tarfile.TarInfo) -> str:
    shown = repr(info.name[:120])
    if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.issparse():
        raise BackupError(f"{shown}: expected a plain file, found something else (a link, a folder, a device)")
    if not _NAME.fullmatch(info.name) or {".", ".."} & set(info.name.split("/")):
        raise BackupError(f"{shown}: expected a name that a backup has, found another")
    return info.name


def _read_manifest(source: IO[bytes]) -> Manifest:
    content = source.read(MOST_MANIFEST_BYTES)
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BackupError(
            f"{MANIFEST}: expected the list of all files, found another content: {first['msg']}"
        ) from error


def _write_file(source: IO[bytes], target: Path, name: str) -> Member:
    digest, size = hashlib.sha256(), 0
    try:
        folder = target
        for part in name.split("/")[:-1]:
            folder = folder / part
            folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(target / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupError(f"{name[:120]!r}: expected a name for a new file, found none: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return Member(size=size, sha256=digest.hexdigest())


def _compare(found: dict[str, Member], listed: dict[str, Member]) -> None:
    for name in sorted(found.keys() | listed.keys()):
        if name not in found:
            raise BackupError(f"{name[:120]!r}: expected this file, found none")
        if name not in listed:
            raise BackupError(f"{name[:120]!r}: expected only files of {MANIFEST}, found another one")
        if found[name] != listed[name]:
            raise BackupError(f"{name!r}: expected the bytes that were backed up, found others")
        if name.startswith(f"{SUBMISSIONS}/") and name != f"{SUBMISSIONS}/{found[name].sha256}":
            raise BackupError(f"{name!r}: expected bytes of this hash, found others")

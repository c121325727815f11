"""Fetch a large file from a scoring server: piece by piece, beside its place, going on where it broke off."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

from scorer.client import Client, OnBytes, nobody
from scorer.client_answers import Download
from scorer.connection import ServerUnreachable

CHUNK_BYTES = 64 * 1024


class OtherBytes(Exception):  # noqa: N818 (says what is)
    """What arrived is not what the server said that it is."""


def fetch(client: Client, download: Download, out: Path, on_bytes: OnBytes = nobody) -> None:
    """Fetch a file to `out`; what was there is replaced at the end, and not before.

    What arrives is kept in `out` with `.part` behind it. When the connection breaks, it goes on from there,
    now and in a later call.

    Raises:
        OtherBytes: its SHA-256 is another one; the part is removed.
        Problem, ServerUnreachable: what `Connection.open` raises, once nothing more arrives.
        OSError: the file cannot be written.
    """
    part = out.with_name(f"{out.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    on_bytes(part.stat().st_size)
    while (before := part.stat().st_size) != download.size or before == 0:
        try:
            _fetch_rest(client, download, part, on_bytes)
            break
        except ServerUnreachable:
            if part.stat().st_size <= before:
                raise
    _check(download, part)
    part.replace(out)


def _fetch_rest(client: Client, download: Download, part: Path, on_bytes: OnBytes) -> None:
    have = part.stat().st_size
    headers = {"Accept-Encoding": "identity"}
    if 0 < have < download.size and download.sha256:  # else nobody can tell whether the rest is of the same file
        headers |= {"Range": f"bytes={have}-", "If-Range": f'"{download.sha256}"'}
    with client.open("GET", f"downloads/{quote(download.name, safe='')}", headers=headers, stream=True) as answer:
        if answer.status_code != 206:
            on_bytes(-have)
            os.truncate(part, 0)
        with part.open("ab") as file:
            for chunk in answer.iter_content(CHUNK_BYTES):
                file.write(chunk)
                on_bytes(len(chunk))


def _check(download: Download, part: Path) -> None:
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if download.sha256 is not None and found != download.sha256:
        part.unlink()
        raise OtherBytes(f"{download.name}: expected a file of the SHA-256 {download.sha256}, found one of {found}")
    if download.sha256 is None and part.stat().st_size != download.size:
        raise OtherBytes(f"{download.name}: expected {download.size} bytes, found {part.stat().st_size}")

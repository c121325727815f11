"""A zip from a stranger, read within limits. Nothing of it is ever written to disk.

A zip is hostile before it is opened: a directory of a million entries costs `zipfile` seconds and a
gigabyte, and one deflated file can hold gigabytes. So the size of the directory is bounded before `zipfile`
sees it (`scorer/zip_directory.py`), the sizes that the directory declares are added up before anything is
inflated, and inflating ends at the declared size.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data_spec.competition import ZipLimits
from scorer.plain_entry import LOCAL_HEADER, read_plain_entry
from scorer.verdict import shown
from scorer.zip_directory import ArchiveError, ZipWithPlainEnd, find_directory

__all__ = ["Archive", "ArchiveError", "Entry", "archive_in", "open_archive"]

CHUNK_BYTES = 65_536

BROKEN_BYTES = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, ValueError, OverflowError, EOFError)
"""What `zipfile` raises on bytes that it cannot read (UnicodeDecodeError is a ValueError)."""


@dataclass(frozen=True)
class Entry:
    """What the directory of the zip says of one entry. All of it may be a lie."""

    name: str
    size: int
    """Bytes when unpacked."""
    is_folder: bool
    is_special: bool
    """A link, a device, a pipe: neither file nor folder."""
    is_encrypted: bool
    is_readable: bool
    """Stored or deflated, the two methods that every tool knows."""


class Archive:
    """A zip whose directory keeps the limits.

    Args:
        file: the zip, open as long as entries are read.
        zip_file: the same, by `zipfile`.
        directory_offset: where its directory lies.
    """

    def __init__(self, file: BinaryIO, zip_file: zipfile.ZipFile, directory_offset: int) -> None:
        self._file = file
        self._zip_file = zip_file
        self._infos = zip_file.infolist()
        self._ends = _ends_of_places(self._infos, directory_offset)
        self.entries: Sequence[Entry] = [_describe(info) for info in self._infos]
        """All entries, in the order of the directory."""

    def read(self, position: int) -> bytes:
        """The bytes of the entry at that position in `entries`.

        Raises:
            ArchiveError: broken, neither stored nor deflated, or its size is not the one that the directory declares.
        """
        if not self.entries[position].is_readable:
            # `zipfile` inflates the other methods without a bound.
            raise ArchiveError("a file that is stored or deflated", "another compression method")
        content = read_plain_entry(self._file, self._infos[position], self._ends[position])
        return self._read_with_zipfile(position) if content is None else content

    def _read_with_zipfile(self, position: int) -> bytes:
        """As `read`, of any entry."""
        info = self._infos[position]
        content = bytearray()
        with _broken_bytes_named(), self._zip_file.open(info) as file:
            # A read without a size inflates without a bound.
            while chunk := file.read(min(CHUNK_BYTES, info.file_size + 1 - len(content))):
                content += chunk
        if len(content) != info.file_size:
            raise ArchiveError(f"{info.file_size:,} bytes, as the zip declares", f"{len(content):,} bytes")
        return bytes(content)


@contextmanager
def archive_in(source: Path | BinaryIO, limits: ZipLimits) -> Iterator[Archive]:
    """A zip within the limits. One on disk stays there: of it no more is in memory than the entry that is read.

    Raises:
        ArchiveError: too large, too many entries, too much in them, or no zip.
        OSError: the source cannot be read.
    """
    if not isinstance(source, Path):
        yield open_archive(source, limits)
        return
    with source.open("rb") as file:
        yield _archive(file, limits) if file.seekable() else open_archive(file, limits)


def open_archive(source: Path | BinaryIO, limits: ZipLimits) -> Archive:
    """As `archive_in`, and all of the zip is in memory as long as the archive is.

    Raises:
        ArchiveError: too large, too many entries, too much in them, or no zip.
        OSError: the source cannot be read.
    """
    return _archive(io.BytesIO(_read_bounded(source, limits.max_zip_bytes)), limits)


def _archive(file: BinaryIO, limits: ZipLimits) -> Archive:
    size = file.seek(0, os.SEEK_END)
    if size > limits.max_zip_bytes:
        raise _too_large(limits.max_zip_bytes)
    directory = find_directory(file, size, limits.max_entries)
    with _broken_bytes_named():
        # Made once: a hostile zip can have thousands of entries that need it, and a directory as long.
        zip_file = zipfile.ZipFile(ZipWithPlainEnd(file, directory))
    infos = zip_file.infolist()
    if len(infos) > limits.max_entries:
        raise ArchiveError(f"at most {limits.max_entries:,} entries", f"{len(infos):,}")
    total = sum(info.file_size for info in infos)
    if total > limits.max_unpacked_bytes:
        raise ArchiveError(f"at most {limits.max_unpacked_bytes:,} bytes when unpacked", f"{total:,} bytes")
    return Archive(file, zip_file, directory.offset)


def _read_bounded(source: Path | BinaryIO, most: int) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _read_bounded(file, most)
    content = source.read(most + 1)
    if len(content) > most:
        raise _too_large(most)
    return content


def _too_large(most: int) -> ArchiveError:
    return ArchiveError(f"at most {most:,} bytes", "more")


def _ends_of_places(infos: Sequence[zipfile.ZipInfo], directory: int) -> list[int]:
    """Up to where each entry may reach: it lies before the directory, and on no other. Raises ArchiveError."""
    end = directory
    ends = [end] * len(infos)
    for position in sorted(range(len(infos)), key=lambda position: infos[position].header_offset, reverse=True):
        info = infos[position]
        if info.header_offset < 0 or info.header_offset + LOCAL_HEADER.size + info.compress_size > end:
            raise ArchiveError("entries that lie behind one another", "entries that overlap")
        ends[position], end = end, info.header_offset
    return ends


def _describe(info: zipfile.ZipInfo) -> Entry:
    # The name as it is in the zip: `filename` ends at a NUL.
    name = info.orig_filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_folder = name.endswith("/")
    return Entry(
        name=name,
        size=info.file_size,
        is_folder=is_folder,
        is_special=kind not in ({0, stat.S_IFDIR, stat.S_IFREG} if is_folder else {0, stat.S_IFREG}),
        is_encrypted=bool(info.flag_bits & 0x41),
        is_readable=info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED},
    )


@contextmanager
def _broken_bytes_named() -> Iterator[None]:
    """Whatever `zipfile` raises on bytes that it cannot read, as an ArchiveError."""
    try:
        yield
    except BROKEN_BYTES as error:
        raise ArchiveError("a zip that can be unpacked", f"a broken one: {shown(str(error))}") from error

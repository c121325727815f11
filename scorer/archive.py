"""A zip from a stranger, read in memory and within limits. Nothing of it is ever written to disk.

A zip is hostile before it is opened: a directory of a million entries costs `zipfile` seconds and a
gigabyte, and one deflated file can hold gigabytes. So the size of the directory is bounded before `zipfile`
sees it, the sizes that the directory declares are added up before anything is inflated, and inflating ends
at the declared size.
"""

from __future__ import annotations

import io
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
from scorer.verdict import shown

END = struct.Struct("<4s4H2LH")
"""The end record: signature, disk, disk of the directory, entries on it, entries, size, offset, comment's length."""
END_SIGNATURE = b"PK\x05\x06"
END_64 = struct.Struct("<4sQ2H2L4Q")
END_64_SIGNATURE = b"PK\x06\x06"
LOCATOR_64 = struct.Struct("<4sLQL")
LOCATOR_64_SIGNATURE = b"PK\x06\x07"
LOCAL_HEADER_BYTES = 30
MAX_COMMENT_BYTES = 65_535

MAX_DIRECTORY_BYTES_PER_ENTRY = 256
"""On the average; real ones take 46 and the name and up to 40 of times and owners."""

CHUNK_BYTES = 65_536

BROKEN_BYTES = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, ValueError, OverflowError, EOFError)
"""What `zipfile` raises on bytes that it cannot read (UnicodeDecodeError is a ValueError)."""


class ArchiveError(ValueError):
    """A zip, or a file in it, that cannot be read."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


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
    """A zip whose directory keeps the limits."""

    def __init__(self, zip_file: zipfile.ZipFile) -> None:
        self._zip_file = zip_file
        self._infos = zip_file.infolist()
        self.entries: Sequence[Entry] = [_describe(info) for info in self._infos]
        """All entries, in the order of the directory."""

    def read(self, position: int) -> bytes:
        """The bytes of the entry at that position in `entries`.

        Raises:
            ArchiveError: broken, or its size is not the one that the directory declares.
        """
        info = self._infos[position]
        content = bytearray()
        with _broken_bytes_named(), self._zip_file.open(info) as file:
            # A read without a size inflates without a bound.
            while chunk := file.read(min(CHUNK_BYTES, info.file_size + 1 - len(content))):
                content += chunk
        if len(content) != info.file_size:
            raise ArchiveError(f"{info.file_size:,} bytes, as the zip declares", f"{len(content):,} bytes")
        return bytes(content)


def open_archive(source: Path | BinaryIO, limits: ZipLimits) -> Archive:
    """Read a zip whole, and its directory within the limits.

    Raises:
        ArchiveError: too large, too many entries, too much in them, or no zip.
        OSError: the source cannot be read.
    """
    content = _read_bounded(source, limits.max_zip_bytes)
    content = _with_plain_end(content, limits.max_entries)
    with _broken_bytes_named():
        zip_file = zipfile.ZipFile(io.BytesIO(content))
    infos = zip_file.infolist()
    if len(infos) > limits.max_entries:
        raise ArchiveError(f"at most {limits.max_entries:,} entries", f"{len(infos):,}")
    total = sum(info.file_size for info in infos)
    if total > limits.max_unpacked_bytes:
        raise ArchiveError(f"at most {limits.max_unpacked_bytes:,} bytes when unpacked", f"{total:,} bytes")
    _check_places(infos, zip_file.start_dir)
    return Archive(zip_file)


def _read_bounded(source: Path | BinaryIO, most: int) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _read_bounded(file, most)
    content = source.read(most + 1)
    if len(content) > most:
        raise ArchiveError(f"at most {most:,} bytes", "more")
    return content


def _with_plain_end(content: bytes, max_entries: int) -> bytes:
    """The zip up to its directory, with an end record that leaves a reader nothing to search or choose.

    Readers differ in which end record they believe: one before a comment or one within it, the plain one or
    that of zip64. Here it is the one that, with its comment, ends where the zip ends; or the zip64 record
    that belongs to it. What it says is checked and handed on in a plain record right behind the directory.
    """
    at = _find_end(content)
    *_, entries, size, offset, _ = END.unpack_from(content, at)
    end_of_directory = at
    at_64 = at - LOCATOR_64.size
    if at_64 >= 0 and content.startswith(LOCATOR_64_SIGNATURE, at_64):
        _, _, end_of_directory, _ = LOCATOR_64.unpack_from(content, at_64)
        if end_of_directory + END_64.size > at_64 or not content.startswith(END_64_SIGNATURE, end_of_directory):
            raise ArchiveError("a zip", "one whose zip64 end record is not where it says")
        if content.startswith(LOCATOR_64_SIGNATURE, max(0, end_of_directory - LOCATOR_64.size)):
            raise ArchiveError("a zip", "one with a second zip64 end record")
        *_, entries, size, offset = END_64.unpack_from(content, end_of_directory)
    if entries > max_entries:
        raise ArchiveError(f"at most {max_entries:,} entries", f"{entries:,}")
    if size > max_entries * MAX_DIRECTORY_BYTES_PER_ENTRY:
        most = max_entries * MAX_DIRECTORY_BYTES_PER_ENTRY
        raise ArchiveError(f"at most {most:,} bytes of directory", f"{size:,} bytes")
    if offset + size != end_of_directory:
        raise ArchiveError("a zip", "one whose directory is not where its end record says")
    short = min(entries, 0xFFFF)
    return content[:end_of_directory] + END.pack(END_SIGNATURE, 0, 0, short, short, size, offset, 0)


def _find_end(content: bytes) -> int:
    """Where the end record begins."""
    at = len(content)
    earliest = max(0, len(content) - END.size - MAX_COMMENT_BYTES)
    while (at := content.rfind(END_SIGNATURE, earliest, at)) >= 0:
        if at + END.size <= len(content) and at + END.size + END.unpack_from(content, at)[-1] == len(content):
            return at
    raise ArchiveError("a zip", _kind_of(content))


def _kind_of(content: bytes) -> str:
    """What a file that is no zip seems to be."""
    if not content:
        return "an empty file"
    if content.startswith(b"PK\x03\x04"):
        return "one that is cut off or has other bytes behind its end"
    known = {b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
    return next((f"a {name} file" for start, name in known.items() if content.startswith(start)), "no zip file")


def _check_places(infos: Sequence[zipfile.ZipInfo], directory: int) -> None:
    """Every entry lies in the zip, before the directory, and on no other. Raises ArchiveError."""
    end = directory
    for info in sorted(infos, key=lambda info: info.header_offset, reverse=True):
        least = LOCAL_HEADER_BYTES + info.compress_size
        if info.header_offset < 0 or info.header_offset + least > end:
            raise ArchiveError("entries that lie behind one another", "entries that overlap")
        end = info.header_offset


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

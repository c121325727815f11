"""The directory of a zip from a stranger: found without a choice, and bounded before anything parses it."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

END = struct.Struct("<4s4H2LH")
"""The end record: signature, disk, disk of the directory, entries on it, entries, size, offset, comment's length."""
END_SIGNATURE = b"PK\x05\x06"
END_64 = struct.Struct("<4sQ2H2L4Q")
END_64_SIGNATURE = b"PK\x06\x06"
LOCATOR_64 = struct.Struct("<4sLQL")
LOCATOR_64_SIGNATURE = b"PK\x06\x07"
MAX_COMMENT_BYTES = 65_535

MAX_DIRECTORY_BYTES_PER_ENTRY = 256
"""On the average; real ones take 46 and the name and up to 40 of times and owners."""


class ArchiveError(ValueError):
    """A zip, or a file in it, that cannot be read."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


@dataclass(frozen=True)
class Directory:
    """The directory of a zip.

    Attributes:
        content: its bytes.
        offset: where it lies in the zip.
        entries: how many it is said to have.
    """

    content: bytes
    offset: int
    entries: int

    def end_record(self) -> bytes:
        """A plain end record, without a comment. Raises struct.error for a directory behind 4 GB."""
        short = min(self.entries, 0xFFFF)
        return END.pack(END_SIGNATURE, 0, 0, short, short, len(self.content), self.offset, 0)


class ZipWithPlainEnd(io.RawIOBase):
    """A zip of which all before its directory is read from a file whenever it is asked for.

    Behind its directory, which is in memory, is nothing that a reader might search or choose from. Closing it leaves
    the file open. Raises struct.error for a directory behind 4 GB.
    """

    def __init__(self, file: BinaryIO, directory: Directory) -> None:
        self._file = file
        self._offset = directory.offset
        self._directory_and_end = directory.content + directory.end_record()
        self._at = 0

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of any file."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._offset + len(self._directory_and_end)}
        self._at = max(0, begin[whence] + offset)
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """As many bytes, all where it is negative; fewer where the zip ends before."""
        left = max(0, self._offset + len(self._directory_and_end) - self._at)
        size = left if size < 0 else min(size, left)
        from_file = max(0, min(size, self._offset - self._at))
        behind = max(0, self._at - self._offset)
        content = read_at(self._file, self._at, from_file) if from_file else b""
        content += self._directory_and_end[behind : behind + size - from_file]
        self._at += len(content)
        return content


def find_directory(file: BinaryIO, size: int, max_entries: int) -> Directory:
    """Find the directory of a zip.

    Readers differ in which end record they believe: one before a comment or one within it, the plain one or
    that of zip64. Here it is the one that, with its comment, ends where the zip ends; or the zip64 record
    that belongs to it. What it says is checked here, and handed on in a plain record right behind the directory.

    Args:
        file: the zip.
        size: its bytes.
        max_entries: as many are allowed.

    Raises:
        ArchiveError: no zip, too many entries, or a directory that is not where the record says.
    """
    at, record = _find_end(file, size)
    *_, entries, directory_size, offset, _ = END.unpack(record)
    end_of_directory = at
    at_64 = at - LOCATOR_64.size
    if at_64 >= 0 and (locator := read_at(file, at_64, LOCATOR_64.size)).startswith(LOCATOR_64_SIGNATURE):
        _, _, end_of_directory, _ = LOCATOR_64.unpack(locator)
        if end_of_directory + END_64.size > at_64 or not _stands(file, END_64_SIGNATURE, end_of_directory):
            raise ArchiveError("a zip", "one whose zip64 end record is not where it says")
        if _stands(file, LOCATOR_64_SIGNATURE, max(0, end_of_directory - LOCATOR_64.size)):
            raise ArchiveError("a zip", "one with a second zip64 end record")
        *_, entries, directory_size, offset = END_64.unpack(read_at(file, end_of_directory, END_64.size))
    if entries > max_entries:
        raise ArchiveError(f"at most {max_entries:,} entries", f"{entries:,}")
    if directory_size > max_entries * MAX_DIRECTORY_BYTES_PER_ENTRY:
        most = max_entries * MAX_DIRECTORY_BYTES_PER_ENTRY
        raise ArchiveError(f"at most {most:,} bytes of directory", f"{directory_size:,} bytes")
    if offset + directory_size != end_of_directory:
        raise ArchiveError("a zip", "one whose directory is not where its end record says")
    return Directory(read_at(file, offset, directory_size), offset, entries)


def read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    """So many bytes from there; fewer where the file ends before."""
    file.seek(offset)
    return file.read(size)


def _stands(file: BinaryIO, signature: bytes, offset: int) -> bool:
    return read_at(file, offset, len(signature)) == signature


def _find_end(file: BinaryIO, size: int) -> tuple[int, bytes]:
    """Where the end record begins, and its bytes without its comment."""
    earliest = max(0, size - END.size - MAX_COMMENT_BYTES)
    tail = read_at(file, earliest, size - earliest)
    at = len(tail)
    while (at := tail.rfind(END_SIGNATURE, 0, at)) >= 0:
        if at + END.size <= len(tail) and at + END.size + END.unpack_from(tail, at)[-1] == len(tail):
            return earliest + at, tail[at : at + END.size]
    raise ArchiveError("a zip", _kind_of(read_at(file, 0, 6)))


def _kind_of(start: bytes) -> str:
    """What a file that is no zip seems to be, from its first bytes."""
    if not start:
        return "an empty file"
    if start.startswith(b"PK\x03\x04"):
        return "one that is cut off or has other bytes behind its end"
    known = {b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
    return next((f"a {name} file" for signature, name in known.items() if start.startswith(signature)), "no zip file")

"""An entry of a zip as every tool writes it, read at once and not in pieces.

It is inflated by zlib-ng where that is installed, else by Python's zlib. zlib-ng is zlib made faster, with the same
rules: what one refuses, the other refuses. ISA-L is as fast, but takes streams that zlib calls broken, such as those
with incomplete codes: teams would be told that a zip is good which nobody else can unpack.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from scorer.zip_directory import read_at

try:
    from zlib_ng.zlib_ng import crc32, decompressobj, error
except ImportError:
    from zlib import crc32, decompressobj, error

LOCAL_HEADER = struct.Struct("<4s5H3L2H")
"""Signature, version, flags, method, time, date, CRC, two sizes; lengths of the name and of the extra fields."""
LOCAL_HEADER_SIGNATURE = b"PK\x03\x04"

NAME_IN_UTF_8 = 0x800
PLAIN_FLAGS = NAME_IN_UTF_8 | 0x8 | 0x6
"""Flags that change nothing: how its name is written, where its sizes stand, how hard it was packed."""


def read_plain_entry(file: BinaryIO, info: zipfile.ZipInfo, end: int) -> bytes | None:
    """All bytes of an entry.

    Args:
        file: the zip.
        info: what its directory says of the entry.
        end: up to where the entry may reach.

    Returns:
        None where anything is out of the ordinary, be it broken or not: `zipfile` knows what it is. What this
        function takes, `zipfile` takes too, and finds the same bytes.
    """
    header = read_at(file, info.header_offset, LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size or info.flag_bits & ~PLAIN_FLAGS:
        return None
    signature, _, flags, *_, name_bytes, extra_bytes = LOCAL_HEADER.unpack(header)
    name = info.orig_filename.encode("utf-8" if info.flag_bits & NAME_IN_UTF_8 else "cp437")
    start = info.header_offset + LOCAL_HEADER.size + name_bytes + extra_bytes
    if (
        signature != LOCAL_HEADER_SIGNATURE
        or (flags ^ info.flag_bits) & NAME_IN_UTF_8
        or file.read(name_bytes) != name
        or start + info.compress_size > end
    ):
        return None
    packed = read_at(file, start, info.compress_size)
    if info.compress_type == zipfile.ZIP_DEFLATED:
        content = inflate(packed, info.file_size)
    else:
        content = packed if info.compress_type == zipfile.ZIP_STORED else None
    if content is None or len(content) != info.file_size or crc32(content) != info.CRC:
        return None
    return content


def inflate(packed: bytes, size: int) -> bytes | None:
    """Inflate one deflated stream, and no more of it than is expected.

    Args:
        packed: the stream, without a header.
        size: bytes that come out of it.

    Returns:
        As many bytes, or None: it is broken, does not end there, or something lies behind its end.

    >>> inflate(zlib.compress(b"abc", wbits=-15), 3)
    b'abc'
    """
    inflater = decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        # One byte more: 0 would mean that there is no limit.
        content = inflater.decompress(packed, size + 1)
    except error:
        return None
    return content if inflater.eof and len(content) == size and not inflater.unused_data else None

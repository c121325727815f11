"""A zip of each kind of fault, made of a good one."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable

Files = dict[str, bytes]
ONE = "prediction/id00000001.csv"


def faulty_zips(good: bytes) -> dict[str, bytes]:
    """By what is wrong with it."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    rows = files[ONE].split(b"\n")

    def renamed(change: Callable[[str], str]) -> bytes:
        return _zipped({change(name): content for name, content in files.items()})

    def changed(*lines: bytes) -> bytes:
        return _zipped({**files, ONE: b"\n".join(lines)})

    return {
        "no zip": b"hello",
        "a gzip": b"\x1f\x8b\x08\x00 and more",
        "cut off": good[:-30],
        "a file is missing": _zipped({ONE: files[ONE]}),
        "an unknown file": _zipped({**files, "read me.txt": b"Dear organisers"}),
        "a name with markup": _zipped({**files, "prediction/<b>\"&amp;'.csv": b""}),
        "a name with control characters": _zipped({**files, "prediction/\x1b[31m\n\u202e.csv": b""}),
        "a folder around it": renamed(lambda name: f"mine/{name}"),
        "another spelling": renamed(str.upper),
        "backslashes": renamed(lambda name: name.replace("/", "\\")),
        "a path that leads out": _zipped({**files, "../../x.csv": b""}),
        "a link": _with_link(good),
        "encrypted": _with_flag(good, 1),
        "broken bytes": good.replace(good[200:210], bytes(10)),
        "too large for its frames": _zipped({**files, ONE: files[ONE] + b"\n" * 200_000}),
        "an empty file": _zipped({**files, ONE: b""}),
        "another header": changed(b"Time,Joy", *rows[1:]),
        "a value that is none": changed(*rows[:3], rows[3].replace(b",1", b",<script>"), *rows[4:]),
        "two labels": changed(*rows[:3], rows[3].replace(b",0", b",1"), *rows[4:]),
        "another time": changed(*rows[:3], b"7" + rows[3], *rows[4:]),
        "a row left out": changed(*rows[:9], *rows[10:]),
        "a row too many": changed(*rows[:-1], rows[-2], b""),
        "very many faults": _zipped({name: content.replace(b",1", b",2") for name, content in files.items()}),
    }


def _zipped(files: Files) -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place.getvalue()


def _with_link(good: bytes) -> bytes:
    link = zipfile.ZipInfo("prediction/link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    place = io.BytesIO(good)
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return place.getvalue()


def _with_flag(good: bytes, flag: int) -> bytes:
    """The zip with a flag set in every header."""
    content = bytearray(good)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            content[at + offset] |= flag
    return bytes(content)

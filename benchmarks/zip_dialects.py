"""The same predictions as teams write them otherwise than the template does."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path


def _two_decimals(row: bytes) -> bytes:
    time, comma, values = row.partition(b",")
    return f"{float(time):.2f}".encode() + comma + values


def _shortest(row: bytes) -> bytes:
    time, comma, values = row.partition(b",")
    return repr(float(time)).encode() + comma + values


def _floats(row: bytes) -> bytes:
    time, comma, values = row.partition(b",")
    return time + comma + values.replace(b"0", b"0.0").replace(b"1", b"1.0")


def _with_carriage_return(row: bytes) -> bytes:
    return row + b"\r"


DIALECTS: Mapping[str, Callable[[bytes], bytes]] = {
    "times rounded to two decimals": _two_decimals,
    "labels 0.0 and 1.0": _floats,
    "lines that end in CRLF": _with_carriage_return,
    "times as Python prints them": _shortest,
}
"""What becomes of each row."""


def rewrite(source: Path, out: Path, dialect: Callable[[bytes], bytes]) -> Path:
    """Write a zip of predictions again in a dialect; its headers stay as they are."""
    with zipfile.ZipFile(source) as zip_file, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name in zip_file.namelist():
            header, *rows = zip_file.read(name).splitlines()
            end = b"\r\n" if dialect is _with_carriage_return else b"\n"
            body = [dialect(row) for row in rows]
            written.writestr(name, header + end + b"".join(row + b"\n" for row in body))
    return out


def repeat(source: Path, out: Path, times: int) -> Path:
    """Write a zip with each of its files so many times, under other names: `<recording>-<number>.csv`."""
    with zipfile.ZipFile(source) as zip_file, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name in zip_file.namelist():
            content = zip_file.read(name)
            for number in range(times):
                written.writestr(f"{name.removesuffix('.csv')}-{number}.csv", content)
    return out

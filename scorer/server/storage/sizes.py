"""Sizes of files, for people."""

from __future__ import annotations


def format_bytes(count: int) -> str:
    """A size in decimal units.

    >>> format_bytes(50_000_000), format_bytes(1234), format_bytes(7)
    ('50 MB', '1.2 kB', '7 B')
    """
    size, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.1f}".removesuffix(".0") + f" {unit}"

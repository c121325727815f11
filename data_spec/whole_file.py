"""Whole files: one is there when all of it is written, and not before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, buffering: int = -1) -> Iterator[BinaryIO]:
    """A new file to fill, beside `path`; it becomes `path` at the end, or is removed where that is not reached.

    Folders on the way to `path` are made. What stood at `path` stays until it is replaced.

    Args:
        path: of the file.
        buffering: how many bytes are gathered before they are written; the system's number by default.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Processes and threads may write the same file at once: each has its own, the last to end wins.
    aside = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with aside.open("xb", buffering) as file:
            yield file
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)

"""Whole folders: one that takes long to write is there when it is finished, and not before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data_spec.corpus import CorpusError


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A new folder to fill, beside `out`; it becomes `out` at the end, or is removed where that is not reached.

    Raises:
        CorpusError: `out` is in the way: a file, or a folder with files in it.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CorpusError(f"{out}: expected a new or empty folder, found {'files in it' if out.is_dir() else 'a file'}")
    out = out.resolve()
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    aside.mkdir(parents=True)
    try:
        yield aside
        aside.replace(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)

"""Folders that take long to write, and that several may write at once: each writes its own, the first to end wins."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ASIDE = ".aside-"
LEFT_ALONE_SECONDS = 86_400.0
"""What is older was left by somebody who was killed over it."""


@contextmanager
def folder_aside(out: Path) -> Iterator[Path]:
    """A new folder to fill, beside `out`; it becomes `out` at the end, or is removed where that is not reached.

    Where another has become `out` meanwhile, that one stays, and this one is removed.

    Raises:
        OSError: it cannot be written.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    _sweep(out.parent)
    aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=out.parent))
    try:
        yield aside
        try:
            aside.rename(out)
        except OSError:
            if not out.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _sweep(folder: Path) -> None:
    for path in folder.glob(f"{ASIDE}*"):
        with contextlib.suppress(OSError):  # another sweeps as well
            if time.time() - path.stat().st_mtime > LEFT_ALONE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)

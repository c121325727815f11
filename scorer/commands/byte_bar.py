"""How far an upload or a download is, for who waits at a terminal."""

from __future__ import annotations

import sys
from typing import NoReturn

from tqdm import tqdm


def byte_bar(total: int, what: str) -> tqdm[NoReturn]:
    """A progress bar on standard error; nothing where that is no terminal."""
    return tqdm(
        total=total, desc=what, unit="B", unit_scale=True, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False
    )

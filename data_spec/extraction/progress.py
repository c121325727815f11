"""A bar that says how much of the media is done, and how long the rest will take."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from data_spec.extraction.extracting import Progress

_FORMAT = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt} of {total_fmt} s of media, {elapsed} so far, {remaining} left"


@contextmanager
def media_bar(title: str) -> Iterator[Progress]:
    """What `extract_all` tells its progress to: a bar on stderr, where that is a terminal.

    It moves by seconds of media, not by recordings, which are short and long: so the time left is meaningful.
    """
    shown = sys.stderr.isatty()
    with tqdm(desc=title, bar_format=_FORMAT, file=sys.stderr, disable=not shown, leave=False) as bar:

        def progress(done: float, total: float) -> None:
            # Not `update`: the time left then follows from all that is done, not from the last recordings.
            bar.total, bar.n = round(total), round(done)
            bar.refresh()

        yield progress

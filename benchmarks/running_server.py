"""The scoring server as an operator starts it: `python -m scorer serve`, on a free port."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

GOODBYE_SECONDS = 30
BAD_LEVELS = ("error", "critical")


@contextmanager
def running_server(data: Path, log: Path, environment: Mapping[str, str] | None = None, *options: str) -> Iterator[str]:
    """Start a server, and end it as an operator would.

    Args:
        data: its data folder.
        log: where its log is written.
        environment: variables beside this process's.
        options: of `scorer serve`.

    Yields: its address.
    """
    command = [sys.executable, "-m", "scorer", "serve", str(data), "--port", "0", *options]
    variables = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
    with (
        log.open("wb") as log_file,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log_file, text=True, env=variables) as process,  # noqa: S603
    ):
        assert process.stdout is not None
        if not (line := process.stdout.readline()):
            sys.exit(f"expected a server to start, found this in its log:\n{log.read_text(encoding='utf-8')}")
        try:
            yield line.split()[-1]
        finally:
            process.terminate()
            process.wait(GOODBYE_SECONDS)


def bad_lines(log: Path) -> list[str]:
    """The lines of a server's log that tell of errors, and those that are none of its own."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            is_bad = json.loads(line)["level"] in BAD_LEVELS
        except (ValueError, KeyError, TypeError):
            is_bad = True
        if is_bad:
            found.append(line)
    return found

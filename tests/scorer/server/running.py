"""The real server: `python -m scorer serve` on a free port."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scorer.server.data_folder import DataFolder

ROOT = Path(__file__).parents[3]
GOODBYE_SECONDS = 30


@dataclass(frozen=True)
class RunningServer:
    """A server's first process, and where it listens."""

    url: str
    process: subprocess.Popen[str]

    def children(self) -> dict[int, str]:
        """The processes that it started, and those that these started, with their command lines."""
        found: dict[int, str] = {}
        parents = [self.process.pid]
        while parents:
            parent = parents.pop()
            for task in Path(f"/proc/{parent}/task").glob("*/children"):
                for child in map(int, task.read_text().split()):
                    found[child] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                    parents.append(child)
        return found


@contextmanager
def run_server(data: DataFolder, environment: Mapping[str, str], *options: str) -> Iterator[RunningServer]:
    """Start the server, and end it as an operator would."""
    with subprocess.Popen(
        [sys.executable, "-m", "scorer", "serve", str(data.root), "--port", "0", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the server did not start"
        try:
            yield RunningServer(line.split()[-1], process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(GOODBYE_SECONDS)

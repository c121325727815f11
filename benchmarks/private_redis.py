"""A Redis of one's own that keeps nothing, for as long as a benchmark runs."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from benchmarks.free_port import free_port

START_SECONDS = 10


def find_redis() -> str | None:
    """The program `redis-server`; None where there is none, or no client for it."""
    return shutil.which("redis-server") if find_spec("redis") is not None else None


@contextmanager
def private_redis(program: str) -> Iterator[str]:
    """Start a server. Yields its address."""
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen([program, *options], cwd=folder, stdout=subprocess.DEVNULL) as process,  # noqa: S603
    ):
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            return

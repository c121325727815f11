"""A worker beside the web server, kept alive: where it dies, another takes its place."""

from __future__ import annotations

import logging
import subprocess
import sys
import time

from scorer.server.data_folder import DataFolder

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""From the start of one worker to the start of the next, at the least."""

GOODBYE_SECONDS = 10.0
"""How long a worker may finish the job at hand."""


class KeptWorker:
    """One `python -m scorer work`. Whoever keeps it looks after it now and then.

    There is no thread that waits for it: the web server forks its own processes, and what a thread has open at
    that moment stays open in them.
    """

    def __init__(self, data: DataFolder) -> None:
        self._command = [sys.executable, "-m", "scorer", "work", str(data.root), "--end-with-parent"]
        self._process: subprocess.Popen[bytes] | None = None
        self._next_at = 0.0

    def look_after(self) -> None:
        """Start the worker where none runs."""
        if self._process is not None and self._process.poll() is None:
            return
        if time.monotonic() < self._next_at:
            return
        if self._process is not None:
            logger.warning("the worker ended; another one takes its place")
        # In a session of its own: Ctrl-C is for us, and we tell the worker. The pipe tells it if we cannot any more.
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter, our own words)
            self._command, stdin=subprocess.PIPE, start_new_session=True
        )
        self._next_at = time.monotonic() + PAUSE_SECONDS

    def stop(self) -> None:
        """End the worker, after the job at hand if that takes no longer than `GOODBYE_SECONDS`."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        ends_at = time.monotonic() + GOODBYE_SECONDS
        while process.poll() is None and time.monotonic() < ends_at:
            time.sleep(0.05)
        if process.poll() is None:
            process.kill()

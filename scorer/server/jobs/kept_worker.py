"""Workers beside the web server, kept alive: where one dies, another takes its place."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from scorer.server.data_folder import DataFolder
from scorer.server.jobs.celery_app import MAIL, SCORING, VERIFICATION
from scorer.server.jobs.worker import GOODBYE_SECONDS

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""From the start of one worker to the start of the next, at the least."""

KEPT_QUEUES = ((SCORING, MAIL), (VERIFICATION,))
"""The queues of each worker: a verification may take hours, and no score waits for it."""

MOST_PROCESSES = 8
"""Of a kept worker: each holds the labels, and what it unpacks of the zip at hand."""


class KeptWorker:
    """One `python -m scorer work`. Whoever keeps it looks after it now and then.

    There is no thread that waits for it: the web server forks its own processes, and what a thread has open at
    that moment stays open in them.
    """

    def __init__(self, data: DataFolder, queues: Sequence[str], processes: int) -> None:
        options = ["--queues", ",".join(queues), "--processes", str(processes), "--end-with-parent"]
        self._queues = " and ".join(queues)
        self._command = [sys.executable, "-m", "scorer", "work", str(data.root), *options]
        self._process: subprocess.Popen[bytes] | None = None
        self._next_at = 0.0

    def look_after(self) -> None:
        """Start the worker where none runs."""
        if self._process is not None and self._process.poll() is None:
            return
        if time.monotonic() < self._next_at:
            return
        if self._process is not None:
            logger.warning("the worker for %s ended; another one takes its place", self._queues)
        # In a session of its own: Ctrl-C is for us, and we tell the worker. The pipe tells it if we cannot any more.
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter, our own words)
            self._command, stdin=subprocess.PIPE, start_new_session=True
        )
        self._next_at = time.monotonic() + PAUSE_SECONDS

    def tell_to_end(self) -> None:
        """Ask the worker to end, after the job at hand."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end_by(self, moment: float) -> None:
        """Wait for the worker to end, and end it where it has not by that moment of the monotonic clock."""
        process = self._process
        if process is None:
            return
        while process.poll() is None and time.monotonic() < moment:
            time.sleep(0.05)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # with the processes of its pool
            process.wait()


def processes_for(queues: Sequence[str]) -> int:
    """How many jobs a kept worker does at a time: one for each core where it scores, and one verification."""
    return min(os.cpu_count() or 1, MOST_PROCESSES) if SCORING in queues else 1


class KeptWorkers:
    """A worker for each of `KEPT_QUEUES`."""

    def __init__(self, data: DataFolder) -> None:
        self._workers = [KeptWorker(data, queues, processes_for(queues)) for queues in KEPT_QUEUES]

    def look_after(self) -> None:
        """Start those that do not run."""
        for worker in self._workers:
            worker.look_after()

    def stop(self) -> None:
        """End all, after the jobs at hand if these take no longer than `GOODBYE_SECONDS`."""
        for worker in self._workers:
            worker.tell_to_end()
        moment = time.monotonic() + GOODBYE_SECONDS
        for worker in self._workers:
            worker.end_by(moment)

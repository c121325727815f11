"""A worker: the process that does the jobs, and sweeps up what no message told it of."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Sequence
from typing import Any

from celery import bootsteps
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, worker_process_init

from scorer.server.config import Settings
from scorer.server.db import open_engine, open_sessions
from scorer.server.jobs.celery_app import EVERY_SECONDS, QUEUES, SCORING, create_celery
from scorer.server.jobs.work import Work
from scorer.server.logs import configure_logging
from scorer.server.mails.postmen import create_postman
from scorer.server.storage.creation import create_storage
from scorer.server.submissions.judging import Judge
from scorer.server.verification.verifier import Verifier

STANDARD_INPUT = 0

GOODBYE_SECONDS = 10.0
"""How long a worker that ends with its parent may finish the job at hand."""

WATCH_SECONDS = 0.5
"""How often a process looks whether its parent lives."""


class Sweeper(bootsteps.StartStopStep):  # type: ignore[misc] # Celery has no types
    """Lets the worker look for work of its queues in the database at its start and every `EVERY_SECONDS`."""

    requires = ("celery.worker.components:Timer", "celery.worker.components:Pool")

    def __init__(self, worker: Any, **_options: Any) -> None:
        self._entry: Any = None
        super().__init__(worker, **_options)

    def start(self, worker: Any) -> None:
        """Called by Celery when the worker starts."""
        self._sweep(worker)
        self._entry = worker.timer.call_repeatedly(EVERY_SECONDS, self._sweep, (worker,))

    def stop(self, worker: Any) -> None:
        """Called by Celery when the worker ends."""
        if self._entry is not None:
            self._entry.cancel()

    @staticmethod
    def _sweep(worker: Any) -> None:
        worker.app.jobs.sweep([*worker.app.amqp.queues.consume_from])


def run_worker(
    settings: Settings, *, queues: Sequence[str] = QUEUES, processes: int = 1, end_with_parent: bool = False
) -> int:
    """Do jobs until told to end.

    Args:
        settings: of the server; the database must be at its newest version.
        queues: whose jobs.
        processes: how many jobs at a time.
        end_with_parent: end when standard input closes, after the job at hand if that takes no longer than
            `GOODBYE_SECONDS`.

    Returns: the process's exit code.
    """
    # Engine, judge and verifier are lazy: they open in the processes that do the jobs, after these were forked.
    sessions = open_sessions(open_engine(settings.database_url))
    challenge, storage = settings.data.load_challenge(), create_storage(settings)
    judge, verifier = Judge(settings.data, challenge, storage), Verifier(settings, challenge, storage)
    work = Work(sessions, judge, create_postman(settings), verifier)
    celery = create_celery(settings, work)
    celery.steps["worker"].add(Sweeper)
    # Celery warns of root, because messages could be pickled objects. Ours are JSON and nothing else.
    warnings.simplefilter("ignore", SecurityWarning)
    configure_logging()
    setup_logging.connect(_keep_our_logging, weak=False)
    worker_process_init.connect(_end_without_worker, weak=False)
    if SCORING in queues:
        # In a thread: Celery kills a process that is not ready within seconds, and a large corpus takes longer.
        worker_process_init.connect(
            lambda **_signal: threading.Thread(target=work.get_ready_to_judge, daemon=True).start(), weak=False
        )
    if end_with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    worker = celery.Worker(
        queues=list(queues),
        concurrency=processes,
        pool="scorer.server.jobs.pool:TaskPool",
        loglevel="WARNING",
        quiet=True,  # no banner
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def _keep_our_logging(**_signal: Any) -> None:
    """Celery adds handlers of its own, unless somebody says that he has seen to it."""


def _end_with_parent() -> None:
    """A parent that was killed cannot say so, but its end of the pipe closes.

    Not `sys.stdin`: while it is read it is locked, and a process that is forked meanwhile waits for the lock
    for ever.
    """
    while os.read(STANDARD_INPUT, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GOODBYE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)  # a verification may take hours; its lease ends, and somebody else begins it


def _end_without_worker(**_signal: Any) -> None:
    """A process of the pool whose worker was killed would wait for jobs for ever: it looks who its parent is."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

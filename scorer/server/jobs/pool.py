"""The processes that do a worker's jobs: one that is killed takes no lock with it.

Where the broker is a folder, the pool's processes take jobs from one pipe in turns. An idle one waits at the pipe and
holds its lock; killed there, for want of memory or by hand, it would leave a lock that nobody opens any more, and no
job would be done until the worker was started anew.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from types import TracebackType

from billiard.pool import Pool
from celery.concurrency import prefork


class ProcessLock:
    """A lock between processes that the kernel opens when its holder dies: a POSIX record lock on a file of its own."""

    def __init__(self) -> None:
        # Open until the process ends, as its pool is.
        self._file, path = tempfile.mkstemp()
        os.unlink(path)

    def acquire(self) -> bool:
        """Wait until no other process holds it."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        return True

    def release(self) -> None:
        """Let the next process have it."""
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


class LockingPool(Pool):  # type: ignore[misc] # billiard has no types
    """billiard's pool with such locks at both of its pipes."""

    def _setup_queues(self) -> None:
        super()._setup_queues()
        self._inqueue._rlock = ProcessLock()
        self._outqueue._wlock = ProcessLock()


class TaskPool(prefork.TaskPool):  # type: ignore[misc] # Celery has no types
    """Celery's pool of processes. With a broker that has an event loop it shares no pipe, and is as it was."""

    BlockingPool = LockingPool

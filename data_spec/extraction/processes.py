"""Jobs in processes of this machine. A process that dies takes its own job with it, and no other.

The pool of the standard library gives up all its jobs when one of its processes dies, be it of a fault in native
code or killed for want of memory. Jobs are therefore handed to it only as processes are free, so that those it gives
up are few; each of them is then done again in a process of its own: the one that dies of it is the guilty one.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

from data_spec.extraction.workers import DiedError, Finished

Job = TypeVar("Job")
Result = TypeVar("Result")


def run_in_processes(
    function: Callable[[Job], Result], jobs: Mapping[str, Job], processes: int
) -> Generator[Finished[Result], None, None]:
    """The jobs as they end; see `Workers.run`."""
    waiting = list(jobs)[::-1]
    while waiting:
        suspects: list[str] = []
        with _pool(min(processes, len(waiting))) as pool:
            running: dict[Future[Result], str] = {}
            is_broken = False
            while running or (waiting and not is_broken):
                while waiting and not is_broken and len(running) < processes:
                    name = waiting.pop()
                    try:
                        running[pool.submit(function, jobs[name])] = name
                    except BrokenProcessPool:
                        # It broke after the last look: this job has nothing to do with it.
                        is_broken = True
                        waiting.append(name)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        is_broken = True
                        suspects.append(name)
                    else:
                        yield _finished(name, future)
        # One by one: what was killed for want of memory may find enough of it alone.
        for name in suspects:
            with _pool(1) as pool:
                future = pool.submit(function, jobs[name])
                wait([future])
                yield _finished(name, future)


def _finished(name: str, future: Future[Result]) -> Finished[Result]:
    error = future.exception()
    if isinstance(error, BrokenProcessPool):
        error = DiedError("its process died: killed, perhaps for want of memory, or of a fault in native code")
    return Finished(name, None if error else future.result(), error)


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end at once when the block is left by an exception, such as Ctrl-C."""
    others = set(active_children())
    # New processes, not copies of this one: one that has TensorFlow loaded cannot run openSMILE.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BaseException:
        for process in set(active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Runs first in every process: Ctrl-C is its parent's to answer, and it does not outlive that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)

"""The pool's locks: held by one process at a time, and by no dead one."""

import multiprocessing
import os
import signal
import time

from scorer.server.jobs.pool import ProcessLock

FORK = multiprocessing.get_context("fork")


def hold(lock: ProcessLock, held: multiprocessing.Queue, seconds: float) -> None:
    with lock:
        held.put(os.getpid())
        time.sleep(seconds)


def test_one_process_holds_it_at_a_time() -> None:
    lock, held = ProcessLock(), FORK.Queue()
    both = [FORK.Process(target=hold, args=(lock, held, 0.3)) for _ in range(2)]
    began = time.monotonic()
    for process in both:
        process.start()
    held.get(timeout=20)
    held.get(timeout=20)
    assert time.monotonic() - began >= 0.3
    for process in both:
        process.join(20)


def test_a_process_that_is_killed_takes_it_to_no_grave() -> None:
    lock, held = ProcessLock(), FORK.Queue()
    first, second = (FORK.Process(target=hold, args=(lock, held, seconds)) for seconds in (100, 0))
    first.start()
    assert held.get(timeout=20) == first.pid
    second.start()
    time.sleep(0.1)
    assert held.empty()
    os.kill(first.pid or 0, signal.SIGKILL)
    assert held.get(timeout=20) == second.pid
    first.join(20)
    second.join(20)

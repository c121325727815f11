"""What processes use is read from the machine as it is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scorer.sandbox.processes import Usage, can_see_children, descendants, usage_of_tree

MEGABYTE = 2**20


@contextmanager
def running(program: str) -> Iterator[int]:
    """A Python program that has said a line: its number."""
    with subprocess.Popen([sys.executable, "-I", "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        subprocess.run(["pkill", "-KILL", "-P", str(process.pid)], check=False)
        process.kill()


STAY = "print(flush=True); time.sleep(100)"


def test_memory_that_is_used_counts_and_memory_that_is_only_asked_for_does_not() -> None:
    with running(f"import time, mmap; used = bytearray(50 << 20); asked = mmap.mmap(-1, 1 << 30); {STAY}") as pid:
        assert 50 * MEGABYTE < usage_of_tree(pid).memory_bytes < 100 * MEGABYTE


def test_children_and_their_children_count() -> None:
    with running(f"import os, time; os.fork() or os.fork(); {STAY}") as pid:
        deadline = time.monotonic() + 5
        while (usage := usage_of_tree(pid)).processes < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert usage.processes == 3
        assert len(list(descendants(pid))) == 3


def test_children_of_threads_count() -> None:
    program = (
        "import subprocess, threading, time; t = threading.Thread(target=subprocess.run, args=(['sleep', '100'],))"
    )
    with running(f"{program}; t.daemon = True; t.start(); time.sleep(.3); {STAY}") as pid:
        assert usage_of_tree(pid).processes == 2


def test_shared_pages_count_once_where_it_is_exact() -> None:
    with running(f"import os, time; shared = b'x' * (60 << 20); [os.fork() for _ in range(2)]; {STAY}") as pid:
        time.sleep(0.3)
        assert usage_of_tree(pid).memory_bytes > 200 * MEGABYTE
        assert usage_of_tree(pid, exact_for_seconds=5).memory_bytes < 130 * MEGABYTE


def test_without_time_to_be_exact_it_is_not() -> None:
    with running(f"import os, time; shared = b'x' * (60 << 20); os.fork(); {STAY}") as pid:
        time.sleep(0.3)
        assert usage_of_tree(pid, exact_for_seconds=1e-9).memory_bytes > 120 * MEGABYTE


def test_the_kernels_account_of_empty_pages_is_memory() -> None:
    touch = "[m[i] for i in range(0, 1 << 34, 1 << 21)]"
    program = (
        f"import mmap, time; m = mmap.mmap(-1, 1 << 34, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ); {touch}; {STAY}"
    )
    with running(program) as pid:
        assert usage_of_tree(pid).memory_bytes > 30 * MEGABYTE


def test_time_of_a_busy_child_counts() -> None:
    with running(
        "import os, time\nos.fork()\nprint(flush=True)\nwhile time.process_time() < .3: pass\ntime.sleep(100)"
    ) as pid:
        deadline = time.monotonic() + 20
        while usage_of_tree(pid).cpu_seconds < 0.55 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert 0.55 <= usage_of_tree(pid).cpu_seconds < 2


@pytest.mark.parametrize("name", ["a) R 1 (b", "(", "x y"])
def test_a_process_may_have_any_name(name: str) -> None:
    program = f"import ctypes, time; ctypes.CDLL(None).prctl(15, {name!r}.encode(), 0, 0, 0); {STAY}"
    with running(program) as pid:
        usage = usage_of_tree(pid)
        assert usage.processes == 1
        assert usage.memory_bytes > MEGABYTE


def test_a_process_that_has_ended_uses_nothing() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert usage_of_tree(process.pid) == Usage()


def test_this_kernel_tells_children() -> None:
    assert can_see_children()
    assert os.getpid() in descendants(os.getpid())

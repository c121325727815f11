"""Control groups bound what is in them, for real where this machine lets them be made."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scorer.sandbox import cgroups
from scorer.sandbox.cgroup_places import Hierarchy
from scorer.sandbox.cgroups import FORSAKEN_SECONDS, Group, group, group_of, usable_hierarchies
from scorer.sandbox.job import BrokenSandbox, Limits

MEGABYTE = 2**20


@pytest.fixture
def places() -> list[Hierarchy]:
    """Where groups can be made; a machine that lets none be made has nothing to test here."""
    return usable_hierarchies()


@pytest.fixture
def bounded(places: list[Hierarchy]) -> Iterator[Group]:
    """A group of 50 MB and 10 processes."""
    with group(places, Limits(memory_bytes=50 * MEGABYTE, processes=10)) as made:
        yield made


def run_in(made: Group, program: str) -> int:
    """Run a Python program that joins before it does anything: its exit code."""
    waits = f"import sys; sys.stdin.readline()\n{program}"
    with subprocess.Popen(
        [sys.executable, "-I", "-c", waits], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        made.join(process.pid)
        assert process.stdin is not None
        process.stdin.write(b"\n")
    return process.returncode


def test_a_group_bounds_memory(bounded: Group) -> None:
    if bounded.memory_bytes() is None:
        return
    assert not bounded.ran_out_of_memory()
    assert run_in(bounded, "bytearray(10 << 20)") == 0
    assert not bounded.ran_out_of_memory()
    assert run_in(bounded, "bytearray(100 << 20)") == -9
    assert bounded.ran_out_of_memory()


def test_a_group_bounds_processes(bounded: Group) -> None:
    if any("pids" in place.controllers for place, _ in bounded.folders):
        bomb = "import os\nfor _ in range(20):\n    if os.fork() == 0: import time; time.sleep(.2); os._exit(0)"
        assert run_in(bounded, bomb) == 1
        time.sleep(0.5)


def test_a_group_knows_what_is_used(bounded: Group) -> None:
    if bounded.folders:
        run_in(bounded, "import time\nwhile time.process_time() < .3: pass")
        seconds = bounded.cpu_seconds()
        assert seconds is None or 0.25 < seconds < 2


def test_a_group_is_gone_in_the_end(places: list[Hierarchy]) -> None:
    with group(places, Limits()) as made:
        folders = [folder for _, folder in made.folders]
        assert all(folder.is_dir() for folder in folders)
        assert {place.controllers for place, _ in made.folders} == {place.controllers for place in places}
    assert not any(folder.exists() for folder in folders)


def test_an_empty_group_that_a_killed_server_left_is_swept(places: list[Hierarchy]) -> None:
    for place in places:
        old, new, used = (place.parent / f"kit-job-test-{name}" for name in ("old", "new", "used"))
        for folder in (old, new, used):
            folder.mkdir()
        with subprocess.Popen(["sleep", "100"]) as process:
            try:
                (used / "cgroup.procs").write_text(str(process.pid))
                for folder in (old, used):
                    os.utime(folder, (time.time() - FORSAKEN_SECONDS - 5,) * 2)
                usable_hierarchies()
                assert (old.exists(), new.exists(), used.exists()) == (False, True, True)
            finally:
                process.kill()
        for folder in (new, used):
            cgroups._remove(folder)
            assert not folder.exists()


def test_where_no_group_can_be_made_there_is_none_and_nothing_is_known() -> None:
    with group([], Limits()) as made:
        made.join(os.getpid())
        assert (made.memory_bytes(), made.cpu_seconds(), made.ran_out_of_memory()) == (None, None, False)


def test_a_group_that_cannot_be_made_is_a_broken_sandbox(tmp_path: Path) -> None:
    with (
        pytest.raises(BrokenSandbox, match="expected a control group with limits"),
        group([Hierarchy(2, frozenset({"memory"}), tmp_path / "missing")], Limits()),
    ):
        pass


def test_version_2_is_told_its_bounds_and_tells_what_is_used(tmp_path: Path) -> None:
    place = Hierarchy(2, frozenset({"memory", "pids"}), tmp_path)
    folder = tmp_path / "job"
    folder.mkdir()
    bounds = dict(cgroups._bounds(place, Limits(memory_bytes=1000, processes=7)))
    assert bounds == {"memory.max": "1000", "memory.swap.max": "0", "pids.max": "7"}
    made = Group(((place, folder),))
    assert (made.memory_bytes(), made.cpu_seconds(), made.ran_out_of_memory()) == (None, None, False)
    (folder / "memory.stat").write_text("anon 100\nfile 5000\nshmem 20\n")
    (folder / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    (folder / "memory.events").write_text("low 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 0\n")
    assert (made.memory_bytes(), made.cpu_seconds(), made.ran_out_of_memory()) == (120, 1.5, True)


def test_the_group_of_another_process_can_be_found(bounded: Group) -> None:
    with subprocess.Popen(["sleep", "100"]) as process:
        bounded.join(process.pid)
        found = {folder for _, folder in group_of(process.pid).folders}
        process.kill()
    assert {folder for _, folder in bounded.folders} <= found

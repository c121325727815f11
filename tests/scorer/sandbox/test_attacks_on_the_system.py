"""A job is nobody: no right, no namespace, no system call with which it could become somebody."""

from __future__ import annotations

import os
import platform
import signal
from pathlib import Path

import pytest

from scorer.sandbox.job import Ending, Job, Limits, Runner
from tests.scorer.sandbox.conftest import Attack, Workplace
from tests.scorer.sandbox.machine import processes_with

UNKNOWN = {"clone3", "memfd_create"}


def test_forbidden_system_calls_are_refused(attack: Attack) -> None:
    got = attack("forbidden_calls").got
    assert got.pop("typing by itself") == "EPERM"
    assert got.pop("typing by itself, with high bits") == "EPERM"
    if platform.machine() == "x86_64":
        # What the machine's older system calls are is no list that anybody would keep: their use is the end.
        assert got.pop("32 bits") == -signal.SIGSYS
        assert got.pop("x32") == -signal.SIGSYS
    assert len(got) > 20
    assert got == {name: "ENOSYS" if name in UNKNOWN else "EPERM" for name in got}


def test_a_job_cannot_become_somebody_else(attack: Attack) -> None:
    got = attack("become_root").got
    for name in ("setuid 0", "setuid 1", "setgid 0", "setgroups", "chown", "device"):
        # Invalid: in there is no such user.
        assert got[name] in {"Operation not permitted", "Invalid argument"}, (name, got[name])
    assert got["nice"] in {"Operation not permitted", "Permission denied"}
    assert got["own set-user-id program"] == "1000"
    assert {name: users for name, users in got.items() if name.startswith("/usr") and users} == {}
    assert got["mount"] is True  # it failed
    assert {name for name, value in got.items() if name.startswith("Cap") and int(value, 16)} == set()
    assert got["NoNewPrivs"] == "1"
    assert got["Seccomp"] == "2"
    assert got["gaining a capability"] == -1


def test_on_the_machine_a_job_is_neither_root_nor_anybody_who_has_files(runner: Runner, workplace: Workplace) -> None:
    users: set[str] = set()

    def look(_piece: bytes) -> None:
        for process in processes_with(workplace.marker):
            try:
                if f"KIT_MARKER={workplace.marker}".encode() in Path(f"/proc/{process}/environ").read_bytes():
                    lines = Path(f"/proc/{process}/status").read_text().splitlines()
                    users.update(*(line.split()[1:] for line in lines if line.startswith(("Uid", "Gid"))))
            except OSError:
                continue

    job = Job(["sleep", "0.8"], Limits(wall_seconds=20), variables={"KIT_MARKER": workplace.marker})
    assert runner.run(job, look).ending is Ending.DONE
    assert users
    assert "0" not in users
    if os.geteuid() != 0 or "ordinary" in type(runner).__name__.lower():
        return  # then it is the user that the server is, who is not root
    assert {int(user) for user in users} & {entry.st_uid for entry in map(Path.stat, Path("/home").iterdir())} == set()
    assert min(map(int, users)) >= 100_000


@pytest.mark.parametrize("attempt", ["trouble_launcher"])
def test_the_launcher_goes_on_whatever_a_job_does_to_it(attack: Attack, attempt: str) -> None:
    attacked = attack(attempt)
    assert attacked.outcome.ending is Ending.DONE
    assert attacked.got["opened"] == []
    assert set(attacked.outcome.output) == {"forged.tar"}

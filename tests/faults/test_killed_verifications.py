"""`kill -9` while a team's code runs: none of its processes is left, and somebody else verifies it to the end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.client import Client
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.data_folder import DataFolder
from scorer.server.jobs.worker import GOODBYE_SECONDS
from scorer.server.submissions.models import State, Submission
from scorer.server.verification import log, service
from scorer.server.verification.models import Bundle, Progress, Verification
from tests.scorer.server.running import RunningServer, run_server

pytestmark = pytest.mark.slow

SLEEPER = "sleeper_of_this_test.py"
"""No other program has this name."""

PATIENCE_SECONDS = 60.0

GONE_SECONDS = {"pool": 3.0, "worker": 5.0, "server": GOODBYE_SECONDS + 5.0}
"""How long the processes of a sandbox may outlive the one that was killed: who looks after the worker is the server,
and without it the worker may finish what it is at, if that does not take long."""


@pytest.fixture
def verification(
    request: pytest.FixtureRequest,
    session: Session,
    ada: Account,
    admit: Callable[[Account], None],
    score: Callable[..., Submission],
    accepted: Callable[..., Bundle],
    bundle_code: ModuleType,
) -> Verification:
    """One that is queued, of code that takes its time."""
    admit(ada)
    score(ada)
    seconds = getattr(request, "param", 4)
    code = bundle_code.PREDICT.format(right=1.0, before=f"print('begun', flush=True); time.sleep({seconds})")
    manifest = f'command: [python, {SLEEPER}]\npython: "3.11"\n'
    bundle = accepted(ada, files={SLEEPER: code, "bundle.yaml": manifest})
    return service.ask(session, bundle.team, account=None)


def look(session: Session, verification: Verification) -> Verification:
    session.rollback()
    session.refresh(verification)
    return verification


def wait_until(session: Session, verification: Verification, is_so: Callable[[], bool]) -> None:
    gives_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        look(session, verification)
        assert time.monotonic() < gives_up_at, (verification.progress, log.read(session, verification.id)[0])
        time.sleep(0.1)


def sleepers() -> list[int]:
    """Every process on this machine that runs the code, or is a sandbox around it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if SLEEPER.encode() in command:
            found.append(int(folder.name))
    return found


def kill(server: RunningServer, victim: str) -> None:
    if victim == "server":
        server.process.kill()
        server.process.wait()
        return
    workers = sorted(pid for pid, command in server.children().items() if " --queues verification" in command)
    os.kill({"worker": workers[0], "pool": workers[1]}[victim], signal.SIGKILL)


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("victim", "verification"),
    [
        pytest.param("pool", 4, marks=pytest.mark.one_kind),
        ("worker", 4),
        pytest.param("server", GOODBYE_SECONDS + 2, marks=pytest.mark.one_kind),
    ],
    indirect=["verification"],
)
def test_whoever_is_killed_no_process_of_the_code_is_left_and_another_try_finishes_it(
    session: Session, verification: Verification, data: DataFolder, environment: dict[str, str], victim: str
) -> None:
    with run_server(data, environment) as server:
        wait_until(session, verification, lambda: "begun" in log.read(session, verification.id)[0])
        assert sleepers()
        kill(server, victim)
        gone_by = time.monotonic() + GONE_SECONDS[victim]
        while sleepers() and time.monotonic() < gone_by:
            time.sleep(0.05)
        assert sleepers() == []
        assert look(session, verification).progress is Progress.RUNNING
        left = [folder.name for folder in data.runs.iterdir()]
        assert left == [verification.lease_holder]
        verification.leased_until = clock.utc_now()  # as if two minutes had passed
        session.commit()
        if victim == "server":
            with run_server(data, environment):
                wait_until(session, verification, lambda: verification.progress.ended)
        else:
            wait_until(session, verification, lambda: verification.progress.ended)
    assert (verification.progress, verification.tries) == (Progress.MATCHED, 2)
    assert "--- try 2 of 3" in log.read(session, verification.id)[0]
    assert list(data.runs.iterdir()) == [], "what the killed one had unpacked is gone as well"


@pytest.mark.timeout(200)
@pytest.mark.one_kind
def test_a_server_that_ends_in_the_midst_of_a_verification_leaves_no_process_and_does_not_wait_for_it(
    session: Session, verification: Verification, data: DataFolder, environment: dict[str, str]
) -> None:
    with run_server(data, environment) as server:
        wait_until(session, verification, lambda: "begun" in log.read(session, verification.id)[0])
        children = server.children()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(25) == 0
    time.sleep(0.5)  # the kernel ends a sandbox when it has ended who made it
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    assert sleepers() == []


@pytest.mark.timeout(200)
def test_no_score_waits_for_a_verification(
    session: Session,
    verification: Verification,
    data: DataFolder,
    environment: dict[str, str],
    challenge: Challenge,
    ada_token: dict[str, str],
    tiny: ModuleType,
    tmp_path: Path,
) -> None:
    upload = tmp_path / "predictions.zip"
    upload.write_bytes(tiny.prediction_zip(challenge, right=0.9))
    token = ada_token["Authorization"].removeprefix("Bearer ")
    with run_server(data, environment) as server, Client(server.url, token) as client:
        wait_until(session, verification, lambda: "begun" in log.read(session, verification.id)[0])
        sent = client.submit(upload, "public")
        gives_up_at = time.monotonic() + PATIENCE_SECONDS
        while client.submission(sent.id).state == State.RECEIVED:
            assert time.monotonic() < gives_up_at
            time.sleep(0.1)
        assert client.submission(sent.id).state == State.SCORED
        assert look(session, verification).progress is Progress.RUNNING

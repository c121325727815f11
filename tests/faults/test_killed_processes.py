"""`kill -9` of any process at any moment: what a team was told is received is there, and is scored once."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from types import ModuleType

import pytest
import requests

from data_spec.challenge import Challenge
from scorer.client import Client
from scorer.server.data_folder import DataFolder
from tests.scorer.server.running import RunningServer, run_server

pytestmark = pytest.mark.slow

UPLOADS = 12
LEASE_AND_MORE_SECONDS = 300


class Server:
    """A server that is started again after its first process was killed."""

    def __init__(self, data: DataFolder, environment: dict[str, str]) -> None:
        self._stack = ExitStack()
        self._data, self._environment = data, environment
        self.running = self._start()

    def _start(self) -> RunningServer:
        return self._stack.enter_context(run_server(self._data, self._environment))

    @property
    def url(self) -> str:
        return self.running.url

    def kill(self, victim: str) -> None:
        """Kill one process: a web worker, the worker that judges, its pool's process, or the first of all."""
        if victim == "server":
            self.running.process.kill()
            self.running.process.wait()
            self.running = self._start()
            return
        jobs = sorted(pid for pid, command in self.running.children().items() if " --queues scoring," in command)
        web = sorted(pid for pid, command in self.running.children().items() if " serve " in command)
        chosen = {"web": web[:1], "jobs": jobs[:1], "pool": jobs[1:]}[victim]
        for pid in chosen:
            os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def server(data: DataFolder, environment: dict[str, str]) -> Iterator[Server]:
    started = Server(data, environment)
    yield started
    started.close()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("victim", ["web", "jobs", "pool", "server"])
def test_what_a_team_was_told_is_received_is_scored_once(
    server: Server, victim: str, challenge: Challenge, tiny: ModuleType
) -> None:
    token = new_team(server.url)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip"}
    told: dict[int, float] = {}

    def upload() -> None:
        for number in range(UPLOADS):
            right = (number + 1) / (UPLOADS + 1)
            content = tiny.prediction_zip(challenge, right=right)
            try:
                answer = requests.post(
                    f"{server.url}/api/v1/stages/public/submissions", data=content, headers=headers, timeout=20
                )
            except requests.RequestException:
                time.sleep(0.1)  # its team was told nothing
                continue
            if answer.ok:
                told[answer.json()["id"]] = right

    uploading = threading.Thread(target=upload)
    uploading.start()
    moments = random.Random(victim)
    for _ in range(3):
        time.sleep(moments.uniform(0.1, 0.5))
        server.kill(victim)
    uploading.join()

    assert told, "some uploads were received"
    found = wait_for_verdicts(server, headers)
    assert told.keys() <= found.keys(), "what a team was told is received is there"
    assert {submission["state"] for submission in found.values()} == {"scored"}
    for number, right in told.items():
        assert found[number]["score"] == pytest.approx(right, abs=0.002), "each has the score of its own bytes"
    board = requests.get(f"{server.url}/api/v1/leaderboard", timeout=20).json()
    mine = next(row for row in board["rows"] if row["team"] == "Survivors")
    assert mine["entries"] == len(found), "each is counted once"


def test_an_idle_process_of_the_pool_that_is_killed_leaves_no_lock_behind(
    server: Server, challenge: Challenge, tiny: ModuleType
) -> None:
    token = new_team(server.url)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip"}
    for turn in range(3):
        server.kill("pool")
        content = tiny.prediction_zip(challenge, right=turn / 3)
        requests.post(f"{server.url}/api/v1/stages/public/submissions", data=content, headers=headers, timeout=20)
        began = time.monotonic()
        wait_for_verdicts(server, headers)
        # No lease had to end first.
        assert time.monotonic() - began < 60


def new_team(url: str) -> str:
    with Client(url) as client:
        client.register("ada@example.org", "Ada", "correct horse battery")
        token = client.create_token("ada@example.org", "correct horse battery", "test")
    with Client(url, token) as client:
        client.create_team("Survivors")
    return token


def wait_for_verdicts(server: Server, headers: dict[str, str]) -> dict[int, dict[str, object]]:
    """All submissions of the team, once none waits: a killed judge's lease must end first."""
    give_up = time.monotonic() + LEASE_AND_MORE_SECONDS
    while True:
        try:
            listed = requests.get(f"{server.url}/api/v1/submissions", headers=headers, timeout=20).json()
            found = {submission["id"]: submission for submission in listed["submissions"]}
            if all(submission["state"] != "received" for submission in found.values()):
                return found
        except requests.RequestException:
            pass
        assert time.monotonic() < give_up, "no verdict came"
        time.sleep(0.3)

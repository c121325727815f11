"""The real server, spoken to by the real commands."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import requests
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.__main__ import main
from scorer.client import Client
from scorer.server.config import ConfigError, Settings
from scorer.server.data_folder import DataFolder
from scorer.server.gunicorn_server import prepare
from scorer.server.stages.service import find_stage
from tests.scorer.server.running import ROOT, RunningServer, run_server

pytestmark = [pytest.mark.slow, pytest.mark.one_kind]


@pytest.fixture
def running(data: DataFolder, environment: dict[str, str]) -> Iterator[RunningServer]:
    with run_server(data, environment) as server:
        yield server


@pytest.fixture
def url(running: RunningServer) -> str:
    return running.url


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"KIT_PASSWORD": "correct horse battery"})


@pytest.fixture
def token(url: str) -> str:
    result = command("register", "--url", url, "--team", "Analysts", "--email", "ada@example.org")
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def test_register_submit_leaderboard_from_the_command_line(
    url: str, token: str, challenge: Challenge, tiny: ModuleType, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    good.write_bytes(tiny.prediction_zip(challenge, right=0.7, spread=0.1))
    bad.write_bytes(tiny.zip_of({"prediction/id00000001.csv": "Time\n"}))

    result = command("submit", str(good), "--url", url, "--token", token)
    assert result.exit_code == 0, result.output
    assert "weighted accuracy 0.7000 (95 % interval 0.600 to 0.800)" in result.output
    assert "rank 1" in result.output

    result = command("submit", str(bad), "--url", url, "--token", token)
    assert result.exit_code == 1
    assert "prediction/id00000002.csv: expected this file in the zip, found none" in result.stderr

    result = command("leaderboard", "--url", url)
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.output.splitlines()[2:]] == [["1", "Analysts"], ["-", "Naive"]]

    again = command("register", "--url", url, "--team", "Analysts", "--email", "ada@example.org")
    assert again.exit_code == 0, "to register again gives another token"
    assert again.stdout.strip() != token
    other = command("register", "--url", url, "--team", "Another", "--email", "ada@example.org")
    assert other.exit_code == 1
    assert "found one in 'Analysts'" in other.output


def test_a_zip_that_is_far_too_large_hears_the_limit(url: str, token: str, tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    large.write_bytes(bytes(3_000_000))
    result = command("submit", str(large), "--url", url, "--token", token)
    assert result.exit_code == 1
    assert "Expected a zip of at most 200 kB, found a larger one." in result.output


def test_an_upload_that_breaks_off_is_not_received(url: str, token: str, data: DataFolder) -> None:
    host, port = url.removeprefix("http://").split(":")
    head = (
        "POST /api/v1/stages/public/submissions HTTP/1.1\r\n"
        f"Host: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/zip\r\n"
    )
    for body in ("Content-Length: 1000\r\n\r\nPK", "Transfer-Encoding: chunked\r\n\r\n5\r\nPK"):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall((head + body).encode())
            connection.shutdown(socket.SHUT_WR)
            assert not connection.recv(100).startswith(b"HTTP/1.1 2")
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{url}/api/v1/submissions", headers=headers, timeout=20).json()["submissions"] == []
    assert [path for path in data.storage.root.rglob("*") if path.is_file()] == []


def test_a_wrong_token_a_wrong_stage_and_a_wrong_address_are_wrong_usage(
    url: str, token: str, challenge: Challenge, tiny: ModuleType, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(tiny.prediction_zip(challenge))
    for arguments, words in [
        (["--url", url, "--token", "kit_0_0"], "Expected a token"),
        (["--url", url, "--token", token, "--stage", "final"], "Expected a stage of"),
        (["--url", "http://127.0.0.1:1", "--token", token], "expected a scoring server, found none"),
        (["--url", "nonsense", "--token", token], "expected a scoring server"),
    ]:
        result = command("submit", str(path), *arguments)
        assert result.exit_code == 2, result.output
        assert words in result.output
    closed = command("submit", str(path), "--url", url, "--token", token, "--stage", "private")
    assert closed.exit_code == 1
    assert "is not open yet" in closed.output


def test_a_terminated_server_ends_with_all_its_processes_and_what_was_received_is_kept(
    running: RunningServer, url: str, token: str, challenge: Challenge, tiny: ModuleType, data: DataFolder
) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip"}
    content = tiny.prediction_zip(challenge)
    answer = requests.post(f"{url}/api/v1/stages/public/submissions", data=content, headers=headers, timeout=20)
    assert answer.ok
    children = running.children()
    assert any(" work " in command for command in children.values())
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    assert data.storage.path(answer.json()["sha256"]).read_bytes() == content


def test_a_server_without_jobs_keeps_what_it_receives_for_a_worker_elsewhere(
    data: DataFolder, environment: dict[str, str], challenge: Challenge, tiny: ModuleType, tmp_path: Path
) -> None:
    with run_server(data, environment, "--no-jobs") as server:
        registered = command("register", "--url", server.url, "--team", "Analysts", "--email", "ada@example.org")
        client = Client(server.url, registered.stdout.strip())
        path = tmp_path / "good.zip"
        path.write_bytes(tiny.prediction_zip(challenge))
        headers = {"Authorization": f"Bearer {registered.stdout.strip()}", "Content-Type": "application/zip"}
        answer = requests.post(
            f"{server.url}/api/v1/stages/public/submissions", data=path.read_bytes(), headers=headers, timeout=20
        )
        assert (answer.status_code, answer.json()["state"]) == (202, "received")
        worker = [sys.executable, "-m", "scorer", "work", str(data.root), "--queues", "scoring"]
        with subprocess.Popen(worker, cwd=ROOT, env={**os.environ, **environment}) as process:
            for _ in range(150):
                if client.submission(answer.json()["id"]).state != "received":
                    break
                time.sleep(0.1)
            process.terminate()
        assert client.submission(answer.json()["id"]).state == "scored"
        client.__exit__(None, None, None)


def test_the_second_line_says_what_runs_teams_code_here(running: RunningServer) -> None:
    assert running.process.stdout is not None
    assert running.process.stdout.readline().startswith("Verification: bubblewrap ")


def test_without_a_sandbox_the_server_runs_and_says_that_it_verifies_nothing(
    data: DataFolder, environment: dict[str, str]
) -> None:
    with run_server(data, {**environment, "KIT_SANDBOX": "podman", "PATH": "/nowhere"}) as server:
        assert server.process.stdout is not None
        line = server.process.stdout.readline()
        assert line.startswith("Verification is off: ")
        assert "podman" in line
        assert requests.get(f"{server.url}/api/v1/leaderboard", timeout=20).ok


def test_a_worker_says_it_too_unless_who_keeps_it_has_said_it(data: DataFolder, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "scorer", "work", str(data.root), "--queues", "verification"]
    variables = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Verification: bubblewrap ")
        process.terminate()
    kept = subprocess.run(
        [*command, "--end-with-parent"],
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert kept.stdout == ""


def test_scores_of_another_version_of_the_scorer_stop_the_server_from_starting(
    data: DataFolder, settings: Settings, session: Session
) -> None:
    find_stage(session, "public").scorer_version = "0"
    session.commit()
    with pytest.raises(ConfigError, match=r"python -m scorer rescore .* --preview"):
        prepare(settings)

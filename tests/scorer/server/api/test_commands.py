"""The commands of participants, against the application: what they print, and how they end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from data_spec.challenge import Challenge
from scorer import client as client_module
from scorer.__main__ import main
from scorer.client import Client
from scorer.connection import ServerUnreachable
from scorer.server.accounts.models import Account, Team
from scorer.server.current import Server
from scorer.server.data_folder import DataFolder
from scorer.server.jobs.celery_app import Jobs
from tests.scorer.scripted_server import running as scripted
from tests.scorer.scripted_server import says

PASSWORD = "correct horse battery"

Call = Callable[..., Result]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application at a free port; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address of the application."""
    with serving(app) as url:
        yield url


def run(url: str, token: dict[str, str], *arguments: object, **environment: str) -> Result:
    variables = {"KIT_URL": url, "KIT_TOKEN": token.get("Authorization", "").removeprefix("Bearer ")}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={**variables, **environment})


@pytest.fixture
def call(served: str, ada_token: dict[str, str]) -> Call:
    """Calls a command as Ada does."""
    return lambda *arguments: run(served, ada_token, *arguments)


@pytest.fixture
def good(tmp_path: Path, challenge: Challenge, tiny: ModuleType) -> Path:
    """A zip that is right in 7 of 10 frames."""
    path = tmp_path / "good.zip"
    path.write_bytes(tiny.prediction_zip(challenge, right=0.7))
    return path


@pytest.fixture
def bad(tmp_path: Path, tiny: ModuleType) -> Path:
    """A zip without predictions, whose one file has a name that a terminal would obey."""
    path = tmp_path / "bad.zip"
    path.write_bytes(tiny.zip_of({"prediction/\x1b[2Jid.csv": "Time\n"}))
    return path


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nobody judges; which submissions wait."""
    waiting: list[int] = []
    monkeypatch.setattr(Jobs, "judge", lambda _, submission_id: waiting.append(submission_id))
    monkeypatch.setattr(client_module, "FIRST_POLL_SECONDS", 0.01)
    return waiting


def test_submit_waits_for_the_verdict_of_a_worker(call: Call, good: Path, server: Server, no_worker: list[int]) -> None:
    def judge_what_waits() -> None:
        while not no_worker:
            time.sleep(0.01)
        with server.sessions.session_factory() as session:
            server.judge.judge(session, no_worker[0])

    worker = threading.Thread(target=judge_what_waits)
    worker.start()
    result = call("submit", good)
    worker.join()
    assert result.exit_code == 0, result.output
    assert result.stderr == "submission 1: received, waiting for its verdict\n"
    assert result.stdout.splitlines() == [
        "submission 1: scored",
        "weighted accuracy 0.7000 (95 % interval 0.700 to 0.700)",
        "your team's rank 1",
    ]


def test_submit_without_waiting_says_how_to_ask(call: Call, good: Path, no_worker: list[int]) -> None:
    result = call("submit", good, "--no-wait")
    assert (result.exit_code, result.stdout) == (0, "submission 1: received\n")
    assert result.stderr == "It is kept, and not judged yet. Ask for its verdict: python -m scorer status 1\n"


@pytest.mark.parametrize(
    ("end", "code"), [(KeyboardInterrupt(), 1), (ServerUnreachable("http://a: expected a scoring server"), 2)]
)
def test_whoever_waits_no_longer_hears_that_the_submission_is_kept(
    call: Call, good: Path, no_worker: list[int], monkeypatch: pytest.MonkeyPatch, end: BaseException, code: int
) -> None:
    def stop(*_: object) -> None:
        raise end

    monkeypatch.setattr(Client, "wait_for_verdict", stop)
    result = call("submit", good)
    assert result.exit_code == code
    assert "It is kept, and not judged yet. Ask for its verdict: python -m scorer status 1" in result.stderr
    assert call("status", 1).stdout == "submission 1: received\n"


def test_an_upload_that_is_interrupted_says_what_is_not_known(
    call: Call, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: Client, path: Path, stage: str, on_bytes: Callable[[int], object]) -> None:
        on_bytes(10)
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "submit", interrupt)
    result = call("submit", good)
    assert result.exit_code == 1
    assert "Whether it was received, this tells: python -m scorer status" in result.stderr


def test_a_connection_that_breaks_within_the_upload_is_no_traceback(good: Path, ada_token: dict[str, str]) -> None:
    with scripted(lambda handler: None) as script:
        result = run(script.url, ada_token, "submit", good)
    assert result.exit_code == 2
    assert "found none" in result.stderr
    assert "Whether it was received, this tells: python -m scorer status" in result.stderr


def test_a_refused_zip_is_told_with_every_fault_and_nothing_that_the_terminal_obeys(call: Call, bad: Path) -> None:
    result = call("submit", bad)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == "submission 1: refused"
    assert "prediction/id00000001.csv: expected this file in the zip, found none" in result.stderr
    assert "\x1b" not in result.output
    again = call("status", 1)
    assert (again.exit_code, again.stderr) == (1, result.stderr)


def test_status_lists_the_teams_submissions(call: Call, good: Path, bad: Path) -> None:
    call("submit", good)
    call("submit", bad)
    result = call("status")
    assert result.exit_code == 0
    header, *lines = [line.split() for line in result.stdout.splitlines()]
    assert header[:4] == ["ID", "Stage", "State", "Score"]
    assert [line[:4] for line in lines] == [["2", "public", "refused", "-"], ["1", "public", "scored", "0.7000"]]
    assert lines[1][-1] == "counts"
    only_older = call("status", "--before", 2)
    assert [line.split()[0] for line in only_older.stdout.splitlines()[1:]] == ["1"]


def test_status_as_json_is_the_servers_answer(call: Call, good: Path) -> None:
    call("submit", good)
    one = json.loads(call("status", 1, "--json").stdout)
    assert (one["id"], one["report"]["figures"]["macro_f1"] > 0, len(one["sha256"])) == (1, True, 64)
    many = json.loads(call("status", "--json").stdout)
    assert [submission["id"] for submission in many["submissions"]] == [1]


def test_a_submission_that_is_not_there_is_wrong_usage(call: Call) -> None:
    for argument in ("7", "0", "x", "1000000000"):
        result = call("status", argument)
        assert result.exit_code == 2
        assert isinstance(result.exception, SystemExit)


def test_choose_and_undo(call: Call, good: Path, tmp_path: Path, challenge: Challenge, tiny: ModuleType) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(tiny.prediction_zip(challenge, right=0.6))
    call("submit", good)
    call("submit", other)
    assert call("choose", 2).stdout == "submission 2 counts\n"
    assert "chosen" in call("status").stdout
    assert call("leaderboard").stdout.splitlines()[2].split()[:4] == ["1", "Analysts", "0.6000", "0.600-0.600"]
    assert "submission 2 is not chosen" in call("choose", 2, "--undo").stdout
    assert call("leaderboard").stdout.splitlines()[2].split()[2] == "0.7000"


def test_what_cannot_be_chosen_is_a_no(call: Call, bad: Path) -> None:
    call("submit", bad)
    result = call("choose", 1)
    assert result.exit_code == 1
    assert "Expected a submission with a score" in result.stderr


def test_the_leaderboard_shows_names_without_obeying_them(
    call: Call, good: Path, session: Session, challenge: Challenge
) -> None:
    call("submit", good)
    session.scalars(select(Team)).one().name = "\x1b[31mRed\u202e"  # as if it had come past the rules for names
    session.commit()
    result = call("leaderboard")
    assert result.exit_code == 0
    assert "\\x1b[31mRed\\u202e" in result.stdout
    assert not {"\x1b", "\u202e"} & set(result.output)
    rows = json.loads(call("leaderboard", "--json").stdout)["rows"]
    assert [row["tie_group"] for row in rows] == [1, None]


def test_download_lists_fetches_and_says_why_not(call: Call, tmp_path: Path, data: DataFolder) -> None:
    lines = call("download").stdout.splitlines()
    assert lines[0].startswith("participants  ")
    assert lines[0].endswith(" bytes  available")
    out = tmp_path / "new" / "participants.zip"
    result = call("download", "participants", "--out", out)
    assert (result.exit_code, result.stdout) == (0, f"{out}\n")
    assert out.read_bytes() == (data.downloads / "participants.zip").read_bytes()
    not_yet = call("download", "stage2", "--out", tmp_path / "stage2.zip")
    assert not_yet.exit_code == 1
    assert "stage2: " in not_yet.stderr
    unknown = call("download", "organisers", "--out", tmp_path / "organisers.zip")
    assert unknown.exit_code == 2
    assert "Expected one of ['participants', 'stage2'], found 'organisers'." in unknown.stderr
    for arguments in (["participants"], ["--out", out], ["participants", "--out", tmp_path]):
        assert call("download", *arguments).exit_code == 2


def test_a_download_that_was_changed_on_its_way_is_not_taken(call: Call, tmp_path: Path, data: DataFolder) -> None:
    path = data.downloads / "participants.zip"
    path.write_bytes(b"x" * path.stat().st_size)
    result = call("download", "participants", "--out", tmp_path / "a.zip")
    assert result.exit_code == 1
    assert "expected a file of the SHA-256" in result.stderr
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize(
    "arguments", [["status"], ["status", "1"], ["choose", "1"], ["download"], ["leaderboard"], ["submit", "ZIP"]]
)
@pytest.mark.parametrize("content", [b"<html>", {}, {"rows": [{}]}, {"state": "\x1b"}])
def test_a_server_that_answers_nonsense_is_wrong_usage_and_no_traceback(
    good: Path, arguments: list[str], content: object
) -> None:
    arguments = [str(good) if argument == "ZIP" else argument for argument in arguments]
    with scripted(says(200, content)) as script:
        result = run(script.url, {"Authorization": "Bearer t"}, *arguments)
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert "expected a scoring server, found another one" in result.stderr
    assert "\x1b" not in result.output


REGISTER = ("register", "--team", "Team A", "--email", "grace@example.org")


def test_register_makes_what_is_missing(served: str) -> None:
    first = run(served, {}, *REGISTER, KIT_PASSWORD=PASSWORD)
    assert first.exit_code == 0, first.output
    again = run(served, {}, *REGISTER, KIT_PASSWORD=PASSWORD)
    assert again.exit_code == 0
    assert again.stderr == "grace@example.org has an account; using it\n"
    assert again.stdout != first.stdout
    wrong = run(served, {}, *REGISTER, KIT_PASSWORD="another long password")
    assert wrong.exit_code == 2
    assert "No account has this e-mail address and this password." in wrong.stderr
    short = run(served, {}, "register", "--team", "B", "--email", "b@example.org", KIT_PASSWORD="short")
    assert short.exit_code == 1
    assert "Expected a password of at least 10 characters" in short.stderr


def test_register_waits_for_the_address_to_be_confirmed(confirming: Flask, session: Session) -> None:
    with serving(confirming) as url:
        first = run(url, {}, *REGISTER, KIT_PASSWORD=PASSWORD)
        early = run(url, {}, *REGISTER, KIT_PASSWORD=PASSWORD)
        account = session.scalars(select(Account)).one()
        account.email_confirmed_at = account.created_at
        session.commit()
        last = run(url, {}, *REGISTER, KIT_PASSWORD=PASSWORD)
    assert first.exit_code == 1
    assert "A mail was sent to grace@example.org. Follow the link in it, and give the same command" in first.stderr
    assert early.exit_code == 1
    assert "Confirm your e-mail address first" in early.stderr
    assert last.stdout.startswith("kit_")


@pytest.mark.parametrize("command", ["register", "submit", "status", "choose", "download", "leaderboard"])
def test_help_shows_an_example_and_the_exit_codes(command: str) -> None:
    output = CliRunner().invoke(main, [command, "--help"]).output
    assert f"  python -m scorer {command} " in output
    assert "Exit codes: 0 " in output

"""Bundles by the API, and the commands that ask it; on the real sandbox."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from scorer import bundle_client
from scorer import client as client_module
from scorer.__main__ import main
from scorer.bundle_client import BundleClient
from scorer.connection import ServerUnreachable
from scorer.server.accounts import service as accounts
from scorer.server.accounts.models import Account
from scorer.server.current import Server
from scorer.server.jobs.celery_app import Jobs
from scorer.server.rate_limits.rules import UPLOAD_OF_ACCOUNT
from scorer.server.rate_limits.service import check
from scorer.server.verification import log, service
from scorer.server.verification.models import Bundle, Progress

pytestmark = pytest.mark.one_kind

BUNDLES = "/api/v1/bundles"
Headers = dict[str, str]


@pytest.fixture
def taking_part(ada: Account, ada_token: Headers, admit: Callable[[Account], None], score: Any) -> Headers:
    """The header of Ada's program, whose team has a score and is admitted."""
    admit(ada)
    score(ada)
    return ada_token


@pytest.fixture
def waking(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nobody runs anything; which verifications wait."""
    waiting: list[int] = []
    monkeypatch.setattr(Jobs, "verify", lambda _, verification_id: waiting.append(verification_id))
    monkeypatch.setattr(client_module, "FIRST_POLL_SECONDS", 0.01)
    return waiting


def send(client: FlaskClient, headers: Headers, content: bytes) -> TestResponse:
    return client.post(BUNDLES, data=content, headers=headers, content_type="application/zip")


def test_a_bundle_that_was_tried_is_told_with_its_trial(
    client: FlaskClient, taking_part: Headers, bundle_code: ModuleType
) -> None:
    answer = send(client, taking_part, bundle_code.bundle_zip())
    assert (answer.status_code, answer.location) == (201, f"{BUNDLES}/1")
    assert (answer.json["state"], answer.json["faults"]) == ("accepted", [])
    [trial] = answer.json["verifications"]
    assert (trial["kind"], trial["progress"]) == ("trial", "matched")
    assert "predicted\n" in trial["log"]
    assert [run["name"] for run in trial["verdict"]["runs"]] == ["public", "public, disguised"]
    [comparison] = trial["verdict"]["comparisons"]
    assert (comparison["residual"], comparison["differ"], comparison["frames"]) == (None, 0, 1000)
    assert client.get(answer.location, headers=taking_part).json == answer.json
    [listed] = client.get(BUNDLES, headers=taking_part).json["bundles"]
    assert (listed["id"], listed["verifications"][0]["log"]) == (1, None)


def test_a_bundle_that_waits_is_found_where_the_answer_says(
    client: FlaskClient, taking_part: Headers, bundle_code: ModuleType, waking: list[int]
) -> None:
    answer = send(client, taking_part, bundle_code.bundle_zip())
    assert (answer.status_code, answer.json["state"], answer.location) == (202, "received", f"{BUNDLES}/1")
    assert answer.json["verifications"][0]["progress"] == "queued"
    assert waking == [1], "a worker is woken"


def test_a_refused_bundle_is_told_with_every_fault(client: FlaskClient, taking_part: Headers, tiny: ModuleType) -> None:
    answer = send(client, taking_part, tiny.zip_of({"predict.py": ""}))
    assert (answer.status_code, answer.json["state"]) == (201, "refused")
    assert len(answer.json["faults"]) > 1
    assert {"file", "row", "column", "expected", "found", "text"} == set(answer.json["faults"][0])


def test_who_may_not_send_code_hears_so_before_a_byte_is_read(client: FlaskClient, ada_token: Headers) -> None:
    answer = send(client, ada_token, b"PK")
    assert answer.status_code == 403
    assert "is not open yet" in answer.get_json(force=True)["detail"]
    assert send(client, {}, b"PK").status_code == 401


def test_a_token_that_only_reads_sends_nothing(
    client: FlaskClient, session: Session, ada: Account, taking_part: Headers
) -> None:
    reading = {"Authorization": f"Bearer {accounts.create_token(session, ada, name='r', scopes=['read'])}"}
    assert send(client, reading, b"PK").status_code == 403
    assert client.get(BUNDLES, headers=reading).status_code == 200


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_a_body_that_is_not_called_a_zip_is_refused(
    client: FlaskClient, taking_part: Headers, content_type: str
) -> None:
    assert client.post(BUNDLES, data=b"x", headers=taking_part, content_type=content_type).status_code == 415


def test_too_many_uploads_of_one_account_have_to_wait(
    client: FlaskClient, server: Server, session: Session, ada: Account, taking_part: Headers
) -> None:
    for _ in range(UPLOAD_OF_ACCOUNT.most):
        check(session, server.settings.secret_key, UPLOAD_OF_ACCOUNT, str(ada.id))
    assert send(client, taking_part, b"PK").status_code == 429


def test_another_teams_bundle_is_404_like_one_that_never_was(
    client: FlaskClient, taking_part: Headers, other_team: Callable[[str], Account], accepted: Any
) -> None:
    accepted(other_team("Eve"))
    foreign, absent = (client.get(f"{BUNDLES}/{number}", headers=taking_part) for number in (1, 999))
    assert (foreign.status_code, foreign.text) == (404, absent.text)
    assert client.get(BUNDLES, headers=taking_part).json["bundles"] == []


def test_of_a_verification_no_sealed_score_is_told_and_no_score_more_exactly_than_elsewhere(
    client: FlaskClient, candidate: Bundle, ada_token: Headers, session: Session, grace: Account, server: Server
) -> None:
    verification = service.ask(session, candidate.team, account=grace)
    server.jobs.verify(verification.id)
    [told] = client.get(f"{BUNDLES}/1", headers=ada_token).json["verifications"]
    public, private = told["verdict"]["comparisons"]
    assert (public["leaderboard_score"], public["run_score"], public["sealed"]) == ("0.5000", "0.5000", False)
    assert (private["leaderboard_score"], private["run_score"], private["sealed"]) == (None, None, True)
    assert (private["residual"], private["within"]) == (None, True)
    assert "hashes" not in told["verdict"]


@pytest.fixture
def call(app: Flask, taking_part: Headers) -> Iterator[Callable[..., Result]]:
    """Calls a command as Ada does, against the application at a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    variables = {
        "KIT_URL": f"http://127.0.0.1:{server.server_port}",
        "KIT_TOKEN": taking_part["Authorization"].removeprefix("Bearer "),
    }
    yield lambda *arguments: CliRunner().invoke(main, ["bundle", *map(str, arguments)], env=variables)
    server.shutdown()
    thread.join()


@pytest.fixture
def packed(tmp_path: Path, bundle_code: ModuleType) -> Callable[..., Path]:
    """Writes a bundle as a zip."""

    def pack(*given: object, **named: object) -> Path:
        path = tmp_path / "bundle.zip"
        path.write_bytes(bundle_code.bundle_zip(*given, **named))
        return path

    return pack


def test_submit_prints_what_came_of_the_trial(call: Callable[..., Result], packed: Callable[..., Path]) -> None:
    result = call("submit", packed())
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[:2] == ["bundle 1: accepted", "trial: matched"]
    assert "  public: 0 of 1,000 rows differ" in lines
    assert any(line.startswith("  public, disguised: done, ") for line in lines)


@pytest.mark.parametrize(
    ("code", "outcome", "said"),
    [
        ({"right": 0.5}, "trial: mismatched", "500 of 1,000 rows differ"),
        ({"before": "raise ValueError('no \\x1b[2J weights')"}, "trial: failed", "| ValueError: no  weights"),
        ({"files": {"REPORT.md": "# Report\n"}}, "bundle 1: refused", "REPORT.md"),
    ],
)
def test_submit_ends_with_1_where_another_bundle_has_to_be_sent(
    call: Callable[..., Result], packed: Callable[..., Path], code: dict[str, Any], outcome: str, said: str
) -> None:
    result = call("submit", packed(**code))
    assert result.exit_code == 1
    assert outcome in result.stdout
    assert said in result.output
    assert "\x1b" not in result.output
    assert call("status", 1).exit_code == 1


def test_submit_waits_until_a_worker_has_tried_it(
    call: Callable[..., Result],
    packed: Callable[..., Path],
    server: Server,
    waking: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask = BundleClient.bundle

    def ask_while_a_worker_comes(client: BundleClient, bundle_id: int) -> object:
        server.verifier.run(server.sessions.session_factory, waking[0])
        return ask(client, bundle_id)

    monkeypatch.setattr(BundleClient, "bundle", ask_while_a_worker_comes)
    result = call("submit", packed())
    assert result.exit_code == 0, result.output
    assert result.stderr == "bundle 1: received, waiting for its trial\n"
    assert "trial: matched" in result.stdout


def test_submit_without_waiting_says_how_to_ask(
    call: Callable[..., Result], packed: Callable[..., Path], waking: list[int]
) -> None:
    result = call("submit", packed(), "--no-wait")
    assert (result.exit_code, result.stdout) == (0, "bundle 1: received\n")
    assert "python -m scorer bundle status 1" in result.stderr


@pytest.mark.parametrize(("end", "code"), [(KeyboardInterrupt(), 1), (ServerUnreachable("http://a: nobody"), 2)])
def test_whoever_waits_no_longer_hears_that_the_bundle_is_kept(
    call: Callable[..., Result],
    packed: Callable[..., Path],
    waking: list[int],
    monkeypatch: pytest.MonkeyPatch,
    end: BaseException,
    code: int,
) -> None:
    def end_it(*_: object) -> None:
        raise end

    monkeypatch.setattr(BundleClient, "wait_for_trial", end_it)
    result = call("submit", packed())
    assert result.exit_code == code
    assert "It is kept, and not tried yet." in result.stderr


def test_submit_gives_up_after_a_while(
    call: Callable[..., Result], packed: Callable[..., Path], waking: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_client, "TRIAL_SECONDS", 0)
    result = call("submit", packed())
    assert (result.exit_code, result.stdout) == (1, "bundle 1: received\n")


def test_status_lists_the_bundles_or_tells_one(
    call: Callable[..., Result], packed: Callable[..., Path], session: Session, ada: Account, grace: Account
) -> None:
    call("submit", packed())
    assert ada.team is not None
    session.rollback()
    verification = service.ask(session, ada.team, account=grace)
    verification.progress = Progress.FAILED
    log.add(session, verification.id, "a line\n")
    session.commit()
    listed = call("status")
    assert listed.exit_code == 0, listed.output
    assert listed.stdout.splitlines()[1].split()[:4] == ["1", "accepted", "matched", "failed"]
    one = call("status", 1)
    assert one.exit_code == 1
    assert "verification 2: failed" in one.stdout
    assert one.stderr.splitlines()[-2:] == [
        "It came to no verdict, which says nothing about your code. Its log:",
        "  | a line",
    ]
    told = json.loads(call("status", 1, "--json").stdout)
    assert [each["kind"] for each in told["verifications"]] == ["trial", "full"]
    assert call("status", 999).exit_code == 2

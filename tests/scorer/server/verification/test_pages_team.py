"""Pages of a team: the upload of code, its trial and its verifications; on the real sandbox."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from data_spec.challenge import Challenge
from scorer.server import current
from scorer.server.accounts.models import Account
from scorer.server.current import Server
from scorer.server.jobs.celery_app import Jobs
from scorer.server.stages.service import find_stage
from scorer.server.verification import bundles, log, service
from scorer.server.verification.models import Bundle, Progress, Verification

pytestmark = pytest.mark.one_kind

Score = Callable[..., object]


@pytest.fixture
def taking_part(ada: Account, admit: Callable[[Account], None], score: Score, browser: Any) -> Account:
    """Ada, whose team has a score and is admitted; she is logged in."""
    admit(ada)
    score(ada)
    browser.log_in("Ada")
    return ada


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs anything."""
    monkeypatch.setattr(Jobs, "verify", lambda *_: None)


def upload(browser: Any, content: bytes) -> TestResponse:
    return browser.send("/bundle", file=(io.BytesIO(content), "bundle.zip"))


def test_code_that_gives_what_was_submitted_is_accepted_and_its_trial_matches(
    taking_part: Account, browser: Any, client: FlaskClient, bundle_code: ModuleType
) -> None:
    answer = upload(browser, bundle_code.bundle_zip())
    assert (answer.status_code, answer.location) == (303, "/bundles/1")
    page = client.get("/bundles/1").text
    assert 'Bundle 1 <span class="state accepted">' in page
    assert 'Trial <span class="state matched">' in page
    assert "So the organisers should be able to verify it." in page
    assert "predicted" in page, "what the code said"
    assert "http-equiv" not in page
    assert "style=" not in page, "the content security policy forbids it"
    listed = client.get("/bundle").text
    assert 'href="/bundles/1"' in listed
    assert '<span class="state matched">' in listed


def test_code_that_gives_something_else_is_told_so_at_once(
    taking_part: Account, browser: Any, client: FlaskClient, bundle_code: ModuleType
) -> None:
    upload(browser, bundle_code.bundle_zip(right=0.5))
    page = client.get("/bundles/1").text
    assert 'Trial <span class="state mismatched">' in page
    assert "verified like this, it would not be believed" in page
    assert "500 of 1 000; more than 1 %" in page.replace("\u202f", " ")


def test_code_that_fails_shows_its_team_what_it_said(
    taking_part: Account, browser: Any, client: FlaskClient, bundle_code: ModuleType
) -> None:
    upload(browser, bundle_code.bundle_zip(before="print('<b>weights?</b>'); raise ValueError('no weights')"))
    page = client.get("/bundles/1").text
    assert 'Trial <span class="state failed">' in page
    assert "exit code 1" in page
    assert "ValueError: no weights" in page
    assert "&lt;b&gt;weights?&lt;/b&gt;" in page
    assert "<details open>" in page


def test_a_bundle_without_a_report_is_refused_with_every_fault(
    taking_part: Account, browser: Any, client: FlaskClient, tiny: ModuleType
) -> None:
    upload(browser, tiny.zip_of({"bundle.yaml": "command: [python, <b>.py]\npython: '3.11'\n"}))
    page = client.get("/bundles/1").text
    assert 'Bundle 1 <span class="state refused">' in page
    assert "REPORT.md" in page
    assert "<b>" not in page
    assert "Trial" not in page, "it was not run"


@pytest.mark.parametrize("content", [None, b""])
def test_a_form_without_a_zip_says_what_is_missing(taking_part: Account, browser: Any, content: bytes | None) -> None:
    answer = browser.send("/bundle") if content is None else upload(browser, content)
    assert answer.status_code == 422
    assert "Expected a zip file, found nothing." in answer.text


def test_a_zip_over_the_limit_is_refused_with_the_limit(
    app: Flask, taking_part: Account, browser: Any, server: Server, challenge: Challenge
) -> None:
    limits = challenge.verification.bundle.model_copy(update={"max_zip_bytes": 100_000})
    rules = challenge.verification.model_copy(update={"bundle": limits})
    current.attach(app, replace(server, challenge=challenge.model_copy(update={"verification": rules})))
    for size in (100_001, 300_000):
        answer = upload(browser, bytes(size))
        assert answer.status_code == 413
        assert "Expected a zip of at most 100 kB, found a larger one." in answer.text


def test_who_may_not_send_code_is_told_why_and_is_shown_no_form(
    ada: Account, new_account: Callable[[str], Account], browser: Any, client: FlaskClient, admit: Any, session: Session
) -> None:
    new_account("Eve")
    for name, words in (("Ada", "is not open yet"), ("Eve", "is not open yet")):
        browser.log_in(name)
        page = client.get("/bundle").text
        assert words in page
        assert "<input" not in page.partition("<main")[2]
        browser.send("/bundle", "/logout")
    find_stage(session, "private").opens_at = find_stage(session, "public").opens_at
    session.commit()
    for name, words in (("Ada", "Expected a team that is admitted to"), ("Eve", "Create a team first.")):
        browser.log_in(name)
        assert words in client.get("/bundle").text
        token = browser.csrf_token("/team")
        data = {"csrf_token": token, "file": (io.BytesIO(b"PK"), "bundle.zip")}
        answer = client.post("/bundle", data=data)
        assert (answer.status_code, words in answer.text) == (403, True)
        browser.send("/bundle", "/logout")


def test_before_a_large_upload_is_read_it_is_known_who_may_send_one(ada: Account, browser: Any) -> None:
    browser.log_in("Ada")
    data = {"csrf_token": browser.csrf_token("/team"), "file": (io.BytesIO(bytes(500_000)), "bundle.zip")}
    answer = browser.client.post("/bundle", data=data)
    assert answer.status_code == 403
    assert "is not open yet" in answer.text


def test_another_teams_bundle_is_404_like_one_that_never_was(
    taking_part: Account, other_team: Callable[[str], Account], browser: Any, client: FlaskClient, accepted: Any
) -> None:
    accepted(other_team("Eve"))
    for path in ("", "/state"):
        foreign, absent = client.get(f"/bundles/1{path}"), client.get(f"/bundles/999{path}")
        assert (foreign.status_code, foreign.text) == (404, absent.text)
    assert 'href="/bundles/1"' not in client.get("/bundle").text


def test_a_page_that_waits_asks_for_what_is_new_and_without_scripts_loads_itself_anew(
    taking_part: Account, browser: Any, client: FlaskClient, session: Session, bundle_code: ModuleType, asleep: None
) -> None:
    upload(browser, bundle_code.bundle_zip())
    page = client.get("/bundles/1").text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert 'data-running="/bundles/1/state" data-state="received 1 queued" data-position="-1"' in page
    assert client.get("/bundles/1/state").json == {"state": "received 1 queued", "text": "", "position": -1}
    session.get_one(Verification, 1).progress = Progress.RUNNING
    for piece in ("epoch 1\r", "\x1b[1mepoch 2\x1b[0m\n"):
        log.add(session, 1, piece)
    session.commit()
    assert client.get("/bundles/1/state").json == {
        "state": "received 1 running",
        "text": "epoch 1\nepoch 2\n",
        "position": 1,
    }
    assert client.get("/bundles/1/state?after=0").json["text"] == "epoch 2\n"
    assert client.get("/bundles/1/state?after=1").json == {"state": "received 1 running", "text": "", "position": 1}


@pytest.mark.parametrize("after", ["x", "-1", "1.0", "01", "", "9" * 10, "%00"])
def test_a_position_that_is_none_is_refused(
    taking_part: Account, accepted: Any, client: FlaskClient, session: Session, after: str
) -> None:
    accepted(taking_part)
    assert client.get(f"/bundles/1/state?after={after}").status_code == 422


def test_whatever_code_says_is_shown_as_text_and_never_more_than_its_end(
    taking_part: Account, browser: Any, client: FlaskClient, session: Session, bundle_code: ModuleType, asleep: None
) -> None:
    upload(browser, bundle_code.bundle_zip())
    verification = session.get_one(Verification, 1)
    verification.progress = Progress.STOPPED
    log.add(session, 1, "first line\n" + "x" * 79 + "\n" * 1)
    for _ in range(1000):
        log.add(session, 1, "<script>alert(1)</script>\0\x07\x9b31m\u202egnp.exe" + "y" * 79 + "\n")
    session.commit()
    page = client.get("/bundles/1").text
    assert "<script>alert" not in page
    assert not {"\0", "\x07", "\x9b", "\u202e"} & {*page}
    assert "first line" not in page
    assert "characters before are not shown here" in page
    assert len(page) < 120_000


def test_the_team_sees_how_a_verification_went_and_no_sealed_score(
    candidate: Bundle, browser: Any, client: FlaskClient, session: Session, grace: Account, server: Server
) -> None:
    verification = service.ask(session, candidate.team, account=grace)
    browser.log_in("Ada")
    assert 'Verification <span class="state queued">' in client.get("/bundles/1").text
    server.jobs.verify(verification.id)
    page = client.get("/bundles/1").text
    assert 'Verification <span class="state matched">' in page
    assert page.count('<dd class="sealed">sealed</dd>') == 3, "of the private test: residual and both scores"
    assert "0.5" in page, "of the public one"
    assert "Grace" not in page


def test_a_fault_on_our_side_is_told_without_its_words(
    candidate: Bundle, browser: Any, client: FlaskClient, session: Session, grace: Account
) -> None:
    verification = service.ask(session, candidate.team, account=grace)
    verification.progress, verification.fault = Progress.FAILED, "Traceback: a secret path"
    session.commit()
    browser.log_in("Ada")
    page = client.get("/bundles/1").text
    assert "It failed on our side." in page
    assert "a secret path" not in page


def test_after_a_days_last_bundle_the_page_says_when_the_next_may_come(
    taking_part: Account, browser: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "BUNDLES_PER_DAY", 1)
    upload(browser, b"no zip")
    assert "All 1 bundles of today are used." in client.get("/bundle").text

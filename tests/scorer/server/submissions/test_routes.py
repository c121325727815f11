from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock, current
from scorer.server.accounts.models import Account, Team
from scorer.server.current import Server
from scorer.server.stages.models import Admission
from scorer.server.stages.service import find_stage
from scorer.server.submissions import judging, routes
from scorer.server.submissions.models import State, Submission


@pytest.fixture(autouse=True)
def logged_in(ada: Account, browser: Any) -> None:
    browser.log_in("Ada")


def upload(browser: Any, content: bytes, stage: str = "public"):
    return browser.send("/submit", stage=stage, file=(io.BytesIO(content), "predictions.zip"))


def test_an_upload_leads_to_its_page_with_score_rank_and_report(
    browser: Any,
    client: FlaskClient,
    challenge: Challenge,
    tiny: ModuleType,
) -> None:
    answer = upload(browser, tiny.prediction_zip(challenge, right=0.7))
    assert (answer.status_code, answer.location) == (303, "/submissions/1")
    page = client.get("/submissions/1").text
    for words in ("0.7000", "Your team’s rank", "Macro F1", "Unweighted accuracy", *challenge.task.labels):
        assert words in page
    assert 'class="shade-' in page
    assert "style=" not in page, "the content security policy forbids it"
    assert "0.7000" in client.get("/submissions").text


def test_a_refused_upload_says_why_in_the_words_of_the_check(
    browser: Any,
    client: FlaskClient,
    tiny: ModuleType,
) -> None:
    location = upload(browser, tiny.zip_of({"prediction/<b>.csv": "Time\n"})).location
    page = client.get(location).text
    assert "prediction/id00000001.csv: expected this file in the zip, found none" in page
    assert "<b>" not in page
    assert "5 of 5" not in page
    assert "<strong>3</strong> of 3 left today" in client.get("/submit").text


def test_something_that_is_no_zip_is_refused_with_what_was_expected(browser: Any, client: FlaskClient) -> None:
    location = upload(browser, b"hello").location
    assert "expected a zip, found no zip file" in client.get(location).text


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"stage": "public"}, 422, "Expected a zip file, found nothing."),
        ({"stage": "public", "file": b""}, 422, "Expected a zip file, found nothing."),
        ({"stage": "final", "file": b"x"}, 404, "Expected a stage of"),
        ({"stage": "private", "file": b"x"}, 403, "is not open yet"),
    ],
)
def test_a_bad_upload_form_says_what_is_wrong(browser: Any, fields: dict[str, Any], status: int, words: str) -> None:
    files = {"file": (io.BytesIO(fields["file"]), "a.zip")} if "file" in fields else {}
    answer = browser.send("/submit", **{**fields, **files})
    assert answer.status_code == status
    assert words in answer.text


@pytest.mark.parametrize("size", [200_001, 230_000, 400_000])
def test_too_large_an_upload_says_the_limit(browser: Any, server: Server, size: int) -> None:
    answer = upload(browser, bytes(size))
    assert answer.status_code == 413
    assert "Expected a zip of at most 200 kB, found a larger one." in answer.text
    assert list(server.storage.incoming.iterdir()) == []


def test_a_visitor_cannot_send_much(app: Any) -> None:
    answer = app.test_client().post("/submit", data=bytes(100_000), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_a_used_up_day_is_said_on_the_page(browser: Any, challenge: Challenge, tiny: ModuleType) -> None:
    for _ in range(3):
        upload(browser, tiny.prediction_zip(challenge))
    answer = upload(browser, tiny.prediction_zip(challenge))
    assert answer.status_code == 429
    assert "All 3 submissions of today are used." in answer.text


def test_a_foreign_submission_is_not_found(
    browser: Any,
    client: FlaskClient,
    challenge: Challenge,
    tiny: ModuleType,
    new_account: Callable[[str], Account],
) -> None:
    upload(browser, tiny.prediction_zip(challenge))
    new_account("Eve")
    browser.send("/team", "/logout")
    browser.log_in("Eve")
    answer = client.get("/submissions/1")
    assert answer.status_code == 404
    assert answer.text == client.get("/submissions/999").text


def test_our_own_fault_is_told_without_its_log(
    browser: Any,
    client: FlaskClient,
    server: Server,
    set_clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(judging.submission, "read", broken)
    location = upload(browser, b"anything").location
    assert "waits to be judged" in client.get(location).text, "it is tried again"
    for _ in range(2):
        set_clock.forward(seconds=60)
        server.jobs.judge(1)
    page = client.get(location).text
    assert "Judging it failed on our side. It costs you nothing" in page
    assert "a secret path" not in page


def test_a_sealed_score_is_on_no_page(
    browser: Any,
    client: FlaskClient,
    session: Session,
    challenge: Challenge,
    tiny: ModuleType,
) -> None:
    stage = find_stage(session, "private")
    stage.opens_at = clock.utc_now()
    team = session.scalars(select(Team)).one()
    session.add(Admission(stage_id=stage.id, team_id=team.id, rank=1, admitted_at=stage.opens_at))
    session.commit()
    location = upload(browser, tiny.prediction_zip(challenge, "private", right=0.734), "private").location
    scored = session.get(Submission, int(location.rpartition("/")[2])).scores[0]
    assert scored.score == pytest.approx(0.734)
    assert "sealed until the organisers release them" in client.get(location).text
    pages = ("/", location, "/submissions", "/leaderboard", "/leaderboard.csv", "/api/v1/leaderboard", "/team")
    for page in pages:
        assert "0.73" not in client.get(page).text
    for page in ("/leaderboard?stage=private", "/leaderboard.csv?stage=private", "/api/v1/leaderboard?stage=private"):
        assert client.get(page).status_code == 404


def test_older_submissions_are_on_the_next_page(
    browser: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PAGE_LENGTH", 2)
    for _ in range(3):
        upload(browser, b"no zip")
    first = client.get("/submissions").text
    assert 'href="/submissions?before=2"' in first
    second = client.get("/submissions?before=2").text
    assert 'href="/submissions/1"' in second
    assert "Older ones" not in second


def test_without_a_team_the_pages_say_what_to_do(browser: Any, client: FlaskClient, new_account: Any) -> None:
    new_account("Eve")
    browser.send("/team", "/logout")
    browser.log_in("Eve")
    for page in ("/submissions", "/submit"):
        assert 'href="/team">Create your' in client.get(page).text.replace("yours first", "your")
    assert upload(browser, b"x").status_code == 403


def test_whoever_waits_for_a_verdict_is_told_the_state_and_no_score(
    browser: Any, client: FlaskClient, challenge: Challenge, tiny: ModuleType
) -> None:
    upload(browser, tiny.prediction_zip(challenge, right=0.7))
    assert client.get("/submissions/1/state").json == {"state": "scored"}


def test_the_state_of_another_teams_submission_is_not_there(
    browser: Any, client: FlaskClient, challenge: Challenge, tiny: ModuleType, new_account: Callable[[str], Account]
) -> None:
    upload(browser, tiny.prediction_zip(challenge))
    new_account("Eve")
    browser.send("/team", "/logout")
    assert client.get("/submissions/1/state").status_code == 302
    browser.log_in("Eve")
    assert client.get("/submissions/1/state").status_code == client.get("/submissions/999/state").status_code == 404


def test_a_page_that_waits_for_its_verdict_looks_again_by_itself(
    browser: Any, client: FlaskClient, session: Session, challenge: Challenge, tiny: ModuleType
) -> None:
    upload(browser, tiny.prediction_zip(challenge))
    assert "refresh" not in client.get("/submissions/1").text
    session.get_one(Submission, 1).state = State.RECEIVED
    session.commit()
    page = client.get("/submissions/1").text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert 'data-waits-at="/submissions/1/state"' in page


def test_the_report_shows_the_parts_that_the_stage_allows(
    app: Flask, server: Server, browser: Any, client: FlaskClient, challenge: Challenge, tiny: ModuleType
) -> None:
    upload(browser, tiny.prediction_zip(challenge, right=0.5, spread=0.1))
    parts = {"confusion": "What was taken for what", "recordings": "Recording by recording"}
    for shows in ((), ("confusion",), ("recordings",), ("confusion", "recordings")):
        stages = tuple(stage.model_copy(update={"shows": shows}) for stage in challenge.stages)
        current.attach(app, replace(server, challenge=challenge.model_copy(update={"stages": stages})))
        page = client.get("/submissions/1").text
        assert "Macro F1" in page
        assert {part for part, words in parts.items() if words in page} == set(shows)


def test_recordings_are_told_as_figures_and_without_their_names(
    browser: Any, client: FlaskClient, challenge: Challenge, tiny: ModuleType
) -> None:
    upload(browser, tiny.prediction_zip(challenge, right=0.5, spread=0.1))
    page = client.get("/submissions/1").text
    assert "Least 0.4000, most 0.6000." in page
    assert "The median is 0.5000" in page
    assert page.count("<circle") == 2
    assert not any(recording in page for recording in tiny.RECORDINGS["public"])


def test_a_stage_that_teams_are_admitted_to_is_offered_to_no_other(
    session: Session, client: FlaskClient, ada: Account
) -> None:
    stage = find_stage(session, "private")
    stage.opens_at = clock.utc_now()
    session.commit()
    answer = client.get("/submit")
    assert answer.status_code == 200
    assert "Stage 2: private test" not in answer.text
    assert ada.team is not None
    session.add(Admission(stage_id=stage.id, team_id=ada.team.id, rank=1, admitted_at=clock.utc_now()))
    session.commit()
    assert "Stage 2: private test" in client.get("/submit").text

"""Pages of the organiser: who is verified, a verification while it runs, its verdict, and what follows from it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.audit.models import AuditEntry
from scorer.server.jobs.celery_app import Jobs
from scorer.server.stages.service import find_stage
from scorer.server.verification import log
from scorer.server.verification.models import Bundle, Progress, Verification

pytestmark = pytest.mark.one_kind

LIST = "/organiser/verification"


def verify(organiser: Any, team: Team, expected: int = 303) -> str:
    answer = organiser.send(LIST, f"{LIST}/{team.id}")
    assert answer.status_code == expected, answer.text
    return answer.location or answer.text


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs anything."""
    monkeypatch.setattr(Jobs, "verify", lambda *_: None)


@pytest.fixture
def cheat(other_team: Callable[[str], Account], score: Callable[..., object], accepted: Callable[..., Bundle]) -> Team:
    """Eve's team, whose code gives something else than it has sent."""
    eve = other_team("Eve")
    score(eve, 1.0)
    accepted(eve, 0.2)
    assert eve.team is not None
    return eve.team


def test_to_verify_a_team_leads_to_the_verdict(candidate: Bundle, organiser: Any, client: FlaskClient) -> None:
    assert verify(organiser, candidate.team) == "/organiser/verifications/1"
    page = client.get("/organiser/verifications/1").text
    assert 'Verification 1 <span class="state matched">' in page
    assert "public: residual at most 0.01; private: residual at most 0.01" in page
    assert page.count('<dd class="sealed">sealed</dd>') == 2, (
        "the private scores, which the organiser does not see either"
    )
    assert "<dd>0.5000</dd>" in page
    assert page.count("No frame of any of the 2 recordings differs.") == 2
    assert page.count("the same: it is deterministic") == 2
    for words in ("bubblewrap", "Hash of the bundle", candidate.sha256, "by <bdi>Grace</bdi>", "public, disguised"):
        assert words in page
    assert "Disqualify" not in page
    assert "http-equiv" not in page
    assert "style=" not in page, "the content security policy forbids it"
    assert 'aria-label="Verification 1: matched"' in client.get(LIST).text


def test_once_the_scores_are_released_they_are_shown(
    candidate: Bundle, organiser: Any, client: FlaskClient, session: Session
) -> None:
    verify(organiser, candidate.team)
    session.rollback()
    find_stage(session, "private").scores_released_at = clock.utc_now()
    session.commit()
    page = client.get("/organiser/verifications/1").text
    assert "sealed" not in page
    assert "<dd>0.0000</dd>" in page, "all of it was wrong"


def test_a_mismatch_proposes_a_disqualification_which_a_person_confirms(
    candidate: Bundle, cheat: Team, organiser: Any, client: FlaskClient, session: Session
) -> None:
    page = client.get(verify(organiser, cheat)).text
    assert 'class="state mismatched"' in page
    assert "Proposed: disqualify the team" in page
    assert "Proposed:" in client.get(LIST).text
    assert "1 mismatch proposes a disqualification" in client.get("/organiser").text
    found = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    reason = html.unescape(found[1])
    assert "public: residual" in reason
    assert "(verification 1)" in reason
    assert "Eves" in client.get("/leaderboard").text
    page_of_team = f"/organiser/teams/{cheat.id}"
    assert organiser.send("/organiser/verifications/1", f"{page_of_team}/disqualify", because=reason).status_code == 303
    assert "Eves" not in client.get("/leaderboard").text
    page = client.get("/organiser/verifications/1").text
    assert "The team is disqualified since" in page
    assert "Proposed" not in page
    assert "Proposed" not in client.get(LIST).text
    assert "a disqualification" not in client.get("/organiser").text
    session.rollback()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "team.disqualify")).all()
    assert [entry.details["because"] for entry in entries] == [reason]


def test_every_recording_that_differs_is_told_in_figures_and_as_a_bar(
    cheat: Team, organiser: Any, client: FlaskClient, tiny: Any
) -> None:
    page = client.get(verify(organiser, cheat)).text
    assert page.count('class="bar-of-hour"') == 2
    for recording in tiny.RECORDINGS["public"]:
        assert f'<th scope="row">{recording}</th>' in page
    assert "In 2 of 2 recordings a frame differs" in page


def test_a_rerun_is_one_click_and_both_are_kept(candidate: Bundle, organiser: Any, client: FlaskClient) -> None:
    first = verify(organiser, candidate.team)
    assert "Run again" in client.get(first).text
    second = verify(organiser, candidate.team)
    assert second != first
    assert f'href="{first}"' in client.get(second).text
    assert f'href="{second}"' in client.get(first).text


def test_to_verify_all_begins_what_can_be_verified_and_is_not(
    candidate: Bundle, cheat: Team, organiser: Any, client: FlaskClient
) -> None:
    for begun in (2, 0):
        assert organiser.send(LIST, f"{LIST}/all").status_code == 303
        assert f"Verifications that were begun: {begun}." in client.get(LIST).text


def test_a_team_without_a_bundle_is_listed_without_a_button_and_refused(
    other_team: Callable[[str], Account], organiser: Any, client: FlaskClient
) -> None:
    team = other_team("Eve").team
    assert team is not None
    page = client.get(LIST).text
    assert "Eves" in page
    assert "no bundle" in page
    assert f'action="{LIST}/{team.id}"' not in page
    answer = organiser.send("/organiser/teams", f"{LIST}/{team.id}")
    assert (answer.status_code, "Expected a team with an accepted bundle" in answer.text) == (409, True)
    assert organiser.send("/organiser/teams", f"{LIST}/999").status_code == 404


def test_what_waits_and_what_runs_is_followed_and_can_be_stopped(
    candidate: Bundle, organiser: Any, client: FlaskClient, session: Session, asleep: None
) -> None:
    page = verify(organiser, candidate.team)
    text = client.get(page).text
    assert 'class="state queued"' in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert f'data-running="{page}/state" data-state="queued" data-position="-1"' in text
    assert verify(organiser, candidate.team, 409), "once at a time"
    session.rollback()  # what was read before is old
    verification = session.get_one(Verification, 1)
    verification.progress, verification.begun_at = Progress.RUNNING, clock.utc_now()
    log.add(session, 1, "epoch 1\n")
    session.commit()
    assert client.get(f"{page}/state").json == {"state": "running", "text": "epoch 1\n", "position": 0}
    text = client.get(page).text
    assert 'data-state="running" data-position="0"' in text
    assert "epoch 1" in text
    assert organiser.send(page, f"{page}/stop").status_code == 303
    assert 'class="state stopped"' in client.get(page).text
    again = organiser.send("/organiser/teams", f"{page}/stop")
    assert (again.status_code, "found one that has ended" in again.text) == (409, True)


def test_what_went_wrong_on_our_side_is_told_to_the_organiser(
    candidate: Bundle, organiser: Any, client: FlaskClient, session: Session, asleep: None
) -> None:
    page = verify(organiser, candidate.team)
    session.rollback()  # what was read before is old
    verification = session.get_one(Verification, 1)
    verification.progress, verification.fault = Progress.FAILED, "Traceback\n  <OSError>"
    session.commit()
    text = client.get(page).text
    assert "It failed on our side." in text
    assert "Traceback\n  &lt;OSError&gt;" in text


def test_the_whole_log_is_a_file_of_plain_text(
    candidate: Bundle, organiser: Any, client: FlaskClient, session: Session, asleep: None
) -> None:
    page = verify(organiser, candidate.team)
    session.rollback()
    log.add(session, 1, "<b>first</b>\r\n\x1b[31m")
    for _ in range(100):
        log.add(session, 1, "x" * 999 + "\n")
    session.commit()
    answer = client.get(f"{page}/log.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=verification-1.txt"
    assert answer.text == "<b>first</b>\n" + ("x" * 999 + "\n") * 100
    assert len(client.get(page).text) < 60_000


def test_a_trial_is_looked_at_like_a_verification(
    ada: Account, admit: Any, score: Any, send: Any, server: Any, bundle_code: Any, organiser: Any, client: FlaskClient
) -> None:
    admit(ada)
    score(ada)
    server.jobs.verify(send(ada, bundle_code.bundle_zip()).verifications[0].id)
    page = client.get("/organiser/verifications/1").text
    assert "· trial" in page
    assert "by the upload" in page
    assert ">Verify</button>" in page
    assert "Residual" not in page, "frames are compared, and no score"


@pytest.mark.parametrize("path", ["", "/state", "/log.txt"])
def test_a_verification_that_never_was_is_404(organiser: Any, client: FlaskClient, path: str) -> None:
    assert client.get(f"/organiser/verifications/999{path}").status_code == 404


def test_to_participants_the_pages_do_not_exist(candidate: Bundle, browser: Any, client: FlaskClient) -> None:
    browser.log_in("Ada")
    for page in (LIST, "/organiser/verifications/1", "/organiser/verifications/1/state"):
        assert client.get(page).status_code == 404
    for page in (f"{LIST}/all", f"{LIST}/{candidate.team_id}", "/organiser/verifications/1/stop"):
        assert browser.send("/team", page).status_code == 404

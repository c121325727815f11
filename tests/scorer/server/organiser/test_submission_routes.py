from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer import SCORER_VERSION
from scorer.server import clock
from scorer.server.accounts.models import Team
from scorer.server.organiser import submission_routes
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Score, State, Submission

NewSubmission = Callable[..., Submission]


def score(session: Session, submission: Submission, weighted_accuracy: float) -> None:
    stage = session.get_one(Stage, submission.stage_id)
    session.add(
        Score(
            submission_id=submission.id,
            scorer_version=SCORER_VERSION,
            data_version=stage.data_version,
            score=weighted_accuracy,
            interval_low=weighted_accuracy,
            interval_high=weighted_accuracy,
            report={},
            scored_at=clock.utc_now(),
        )
    )
    session.commit()


def numbers(page: str) -> list[int]:
    return [int(part.partition('"')[0]) for part in page.split('href="/organiser/submissions/')[1:]]


def test_submissions_are_found_by_state_stage_and_team(
    session: Session, organiser: Any, client: FlaskClient, new_submission: NewSubmission, analysts: Team
) -> None:
    other = Team(name="Others", name_key="others", created_at=clock.utc_now())
    session.add(other)
    session.commit()
    private = find_stage(session, "private")
    failed = new_submission(State.FAILED).id
    received = new_submission().id
    elsewhere = new_submission(stage_id=private.id).id
    others = new_submission(State.FAILED, team_id=other.id).id
    for query, found in (
        ("", [others, elsewhere, received, failed]),
        ("?state=failed", [others, failed]),
        ("?state=&stage=private&team=", [elsewhere]),
        (f"?team={analysts.id}&state=failed", [failed]),
        (f"?before={others}", [elsewhere, received, failed]),
        ("?team=999", []),
    ):
        assert numbers(client.get(f"/organiser/submissions{query}").text) == found, query


@pytest.mark.parametrize(
    ("query", "status"), [("state=lost", 422), ("stage=final", 404), ("team=x", 422), ("before=-1", 422)]
)
def test_what_cannot_be_looked_for_is_refused(organiser: Any, client: FlaskClient, query: str, status: int) -> None:
    answer = client.get(f"/organiser/submissions?{query}")
    assert answer.status_code == status
    assert "xpected" in answer.text


def test_older_ones_are_on_the_next_page_of_the_same_kind(
    organiser: Any, client: FlaskClient, new_submission: NewSubmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission_routes, "PAGE_LENGTH", 1)
    for _ in range(2):
        newest = new_submission(State.FAILED)
    page = client.get("/organiser/submissions?state=failed").text
    assert f'href="/organiser/submissions?before={newest.id}&amp;state=failed"' in page


def test_one_submission_is_shown_with_its_log_and_its_faults(
    organiser: Any, client: FlaskClient, new_submission: NewSubmission
) -> None:
    failed = new_submission(State.FAILED, tries=3, log="Traceback\n  <RuntimeError>", notes=["ignored <x>"])
    page = client.get(f"/organiser/submissions/{failed.id}").text
    assert "Traceback\n  &lt;RuntimeError&gt;" in page
    assert "<dt>Tries</dt><dd>3" in page
    assert "ignored &lt;x&gt;" in page
    refused = new_submission(State.REFUSED, faults=[{"text": "row 3: expected 1, found <2>"}])
    assert "row 3: expected 1, found &lt;2&gt;" in client.get(f"/organiser/submissions/{refused.id}").text
    assert client.get("/organiser/submissions/999").status_code == 404


def test_a_sealed_score_is_shown_to_no_organiser_either(
    session: Session, organiser: Any, client: FlaskClient, new_submission: NewSubmission
) -> None:
    private = find_stage(session, "private")
    sealed = new_submission(State.SCORED, stage_id=private.id)
    score(session, sealed, 0.7318)
    pages = [
        "/organiser",
        "/organiser/teams",
        f"/organiser/teams/{sealed.team_id}",
        "/organiser/submissions",
        f"/organiser/submissions/{sealed.id}",
        "/organiser/stages/private",
        "/organiser/stages/private/close",
        "/organiser/stages/private/release",
        "/organiser/audit",
    ]
    for page in pages:
        assert "0.73" not in client.get(page).text, page
    assert "Scores of this stage are sealed" in client.get(pages[4]).text
    private.scores_released_at = clock.utc_now()
    session.commit()
    assert "0.7318" in client.get(pages[3]).text
    assert "0.7318" in client.get(pages[4]).text


def test_a_failed_one_is_judged_again_at_once(
    organiser: Any,
    client: FlaskClient,
    session: Session,
    server: Any,
    challenge: Challenge,
    tiny: Any,
    new_submission: NewSubmission,
) -> None:
    failed = new_submission(State.FAILED, tries=3, log="Traceback")
    page = f"/organiser/submissions/{failed.id}"
    assert "Judge again" in client.get(page).text
    answer = organiser.send(page, f"{page}/judge-again")
    assert (answer.status_code, answer.location) == (303, page)
    assert organiser.send("/organiser/announcements", f"{page}/judge-again").status_code == 409
    session.rollback()
    session.refresh(failed)
    assert failed.tries == 1, "a worker was woken, and found no zip under that hash"
    assert "Judge again" not in client.get(page).text

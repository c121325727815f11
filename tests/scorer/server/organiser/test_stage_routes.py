from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.audit import service as audit
from scorer.server.leaderboard.models import Standing
from scorer.server.stages.admission import list_admissions
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import State

PUBLIC, PRIVATE = "/organiser/stages/public", "/organiser/stages/private"


@pytest.fixture
def private(session: Session) -> Stage:
    """The stage that teams are admitted to."""
    return find_stage(session, "private")


@pytest.fixture
def ranked(session: Session, analysts: Team, public: Stage, new_submission: Any) -> Team:
    """The Analysts, over the baseline."""
    submission = new_submission(State.SCORED)
    standing = Standing(stage_id=public.id, team_id=analysts.id, submission_id=submission.id, score=0.9)
    standing.interval_low, standing.interval_high, standing.entries = 0.8, 0.95, 1
    standing.received_at = submission.received_at
    session.add(standing)
    session.commit()
    return analysts


def fields(**changes: object) -> dict[str, object]:
    return {
        "opens_at": "2017-09-01T12:00",
        "closes_at": "",
        "submissions_per_day": 3,
        "submissions_in_total": 5,
        **changes,
    }


def test_dates_and_limits_are_changed_in_utc(session: Session, organiser: Any, public: Stage) -> None:
    end = (clock.utc_now() + timedelta(days=3)).replace(microsecond=0)
    answer = organiser.send(PUBLIC, **fields(closes_at=f"{end:%Y-%m-%dT%H:%M:%S}", submissions_per_day=4))
    assert (answer.status_code, answer.location) == (303, PUBLIC)
    session.rollback()
    session.refresh(public)
    assert (public.opens_at, public.closes_at) == (datetime(2017, 9, 1, 12, tzinfo=UTC), end)
    assert (public.submissions_per_day, public.submissions_in_total) == (4, 5)


def test_what_was_not_touched_is_not_changed(
    session: Session, organiser: Any, client: FlaskClient, public: Stage
) -> None:
    public.opens_at = datetime(2017, 9, 1, 12, 30, 15, 123456, tzinfo=UTC)
    session.commit()
    assert 'value="2017-09-01T12:30:15"' in client.get(PUBLIC).text
    answer = organiser.send(PUBLIC, **fields(opens_at="2017-09-01T12:30:15"))
    assert answer.status_code == 303
    session.rollback()
    session.refresh(public)
    assert public.opens_at == datetime(2017, 9, 1, 12, 30, 15, 123456, tzinfo=UTC)
    assert [entry.action for entry in audit.list_entries(session)] == ["server.init"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"opens_at": "tomorrow"}, "Expected a date and a time such as 2017-09-01T12:00, found something else."),
        ({"submissions_per_day": "many"}, "Expected a whole number, found something else."),
        ({"submissions_per_day": ""}, "Expected a number, found nothing."),
        ({"submissions_per_day": 6}, "Expected at most as many a day as in all (5), found 6."),
        ({"submissions_in_total": 10**30}, "Expected a number from 1 to"),
        ({"closes_at": "2017-09-01T11:00"}, "Expected an end after 2017-09-01 12:00 UTC"),
    ],
)
def test_what_cannot_hold_is_said_at_its_field(
    organiser: Any, session: Session, changes: dict[str, object], words: str
) -> None:
    answer = organiser.send(PUBLIC, **fields(**changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert len(audit.list_entries(session)) == 1


def test_before_closing_one_sees_who_is_admitted_and_afterwards_who_was(
    session: Session, organiser: Any, client: FlaskClient, ranked: Team, private: Stage
) -> None:
    page = client.get(f"{PUBLIC}/close").text
    assert "1 team is admitted" in page
    assert '<tr><td>1</td><th scope="row"><bdi>Analysts</bdi></th></tr>' in page
    assert list_admissions(session, private) == []
    session.rollback()
    answer = organiser.send(f"{PUBLIC}/close")
    assert (answer.status_code, answer.location) == (303, PUBLIC)
    assert "Teams admitted to the next stage: 1." in client.get(PUBLIC).text
    assert [one.team_id for one in list_admissions(session, private)] == [ranked.id]
    assert "rank 1" in client.get(PRIVATE).text
    again = organiser.send(f"{PUBLIC}/close")
    assert again.status_code == 422
    assert "Expected a stage that is not closed" in again.text


def test_closing_waits_for_the_last_verdict(organiser: Any, ranked: Team, new_submission: Any) -> None:
    new_submission()
    answer = organiser.send(f"{PUBLIC}/close")
    assert answer.status_code == 422
    assert "Expected every submission of" in answer.text


def test_the_second_stage_is_opened_closed_and_released(
    session: Session, organiser: Any, client: FlaskClient, ranked: Team, private: Stage
) -> None:
    organiser.send(f"{PUBLIC}/close")
    assert "Open now" in client.get(PRIVATE).text
    assert organiser.send(PRIVATE, f"{PRIVATE}/open").status_code == 303
    assert "Open now" not in client.get(PRIVATE).text
    early = organiser.send(f"{PRIVATE}/release")
    assert early.status_code == 422
    assert "Close it first" in early.text
    page = client.get(f"{PRIVATE}/close").text
    assert "Who is admitted" not in page
    assert organiser.send(f"{PRIVATE}/close").status_code == 303
    assert "cannot be undone" in client.get(f"{PRIVATE}/release").text
    assert client.get("/leaderboard?stage=private").status_code == 404
    assert organiser.send(f"{PRIVATE}/release").status_code == 303
    assert client.get("/leaderboard?stage=private").status_code == 200
    session.rollback()
    actions = [entry.action for entry in audit.list_entries(session)][::-1]
    assert actions == ["server.init", "stage.close", "stage.open", "stage.close", "stage.release"]


def test_a_team_is_admitted_by_hand_and_withdrawn(
    session: Session, organiser: Any, client: FlaskClient, analysts: Team, private: Stage
) -> None:
    page = client.get(PRIVATE).text
    assert f'<option value="{analysts.id}">Analysts</option>' in page
    answer = organiser.send(PRIVATE, f"{PRIVATE}/admissions", team=analysts.id)
    assert (answer.status_code, answer.location) == (303, PRIVATE)
    page = client.get(PRIVATE).text
    assert "by hand" in page
    assert "<option" not in page, "who is admitted is not offered again"
    again = organiser.send(PRIVATE, f"{PRIVATE}/admissions", team=analysts.id)
    assert again.status_code == 409
    withdraw = f"{PRIVATE}/admissions/{analysts.id}/withdraw"
    assert organiser.send(PRIVATE, withdraw).status_code == 303
    session.rollback()
    assert list_admissions(session, private) == []
    assert organiser.send(PRIVATE, withdraw).status_code == 422


@pytest.mark.parametrize(("team", "status"), [("", 422), ("x", 422), (10**20, 422), (999, 404)])
def test_nobody_else_is_admitted(organiser: Any, ada: Account, team: object, status: int) -> None:
    answer = organiser.send(PRIVATE, f"{PRIVATE}/admissions", team=team)
    assert answer.status_code == status


def test_the_first_stage_is_everybodys(organiser: Any, client: FlaskClient, analysts: Team) -> None:
    assert "Admitted teams" not in client.get(PUBLIC).text
    answer = organiser.send(PUBLIC, f"{PUBLIC}/admissions", team=analysts.id)
    assert answer.status_code == 422
    assert "which is everybody&#39;s" in answer.text


def test_an_unknown_stage_is_not_found(organiser: Any, client: FlaskClient) -> None:
    for address in ("final", "final/close", "final/release"):
        assert client.get(f"/organiser/stages/{address}").status_code == 404
    assert organiser.send("/organiser/announcements", "/organiser/stages/final/close").status_code == 404


def test_the_list_says_where_each_stage_is(organiser: Any, client: FlaskClient) -> None:
    page = client.get("/organiser/stages").text
    assert f'href="{PUBLIC}"' in page
    assert "not open yet" in page

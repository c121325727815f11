from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.leaderboard.models import Standing
from scorer.server.organiser import team_routes
from scorer.server.organiser.team_list import list_teams, read_records
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import State, Submission

NewTeam = Callable[..., Team]


@pytest.fixture
def new_team(session: Session) -> NewTeam:
    """Makes a team without members by its name."""

    def make(name: str, **values: Any) -> Team:
        team = Team(name=name, name_key=name.casefold(), created_at=clock.utc_now(), **values)
        session.add(team)
        session.commit()
        return team

    return make


def names(teams: list[Team]) -> list[str]:
    return [team.name for team in teams]


def test_teams_are_found_by_their_name_and_by_a_members(session: Session, analysts: Team, new_team: NewTeam) -> None:
    new_team("100% Äpfel")
    assert names(list_teams(session)) == ["100% Äpfel", "Analysts"]
    assert names(list_teams(session, " ANA")) == ["Analysts"]
    assert names(list_teams(session, "ada")) == ["Analysts"]
    assert names(list_teams(session, "äPF")) == ["100% Äpfel"]
    assert names(list_teams(session, "%")) == ["100% Äpfel"]
    assert names(list_teams(session, "example.org")) == [], "nobody is looked for by address"
    assert names(list_teams(session, "\0")) == names(list_teams(session))


def test_what_a_team_has_used_and_its_rank_stand_there(
    session: Session, analysts: Team, public: Stage, new_submission: Callable[..., Submission]
) -> None:
    private = find_stage(session, "private")
    for state in (State.SCORED, State.RECEIVED, State.REFUSED, State.FAILED):
        scored = new_submission(state)
    for stage in (public, private):
        standing = Standing(stage_id=stage.id, team_id=analysts.id, submission_id=scored.id, score=0.5)
        standing.interval_low, standing.interval_high, standing.entries = 0.4, 0.6, 1
        standing.received_at = scored.received_at
        session.add(standing)
    session.commit()
    [record] = read_records(session, [analysts])
    assert [(one.stage.name, one.used, one.rank) for one in record.stages] == [("public", 2, 1), ("private", 0, None)]
    assert record.merged_into is None


def test_the_list_shows_members_and_no_address(organiser: Any, client: FlaskClient, analysts: Team) -> None:
    page = client.get("/organiser/teams?name=ana").text
    assert f'href="/organiser/teams/{analysts.id}"' in page
    assert "<bdi>Ada</bdi>" in page
    assert "ada@example.org" not in page
    assert "0 of 5 used" in page
    assert "No team has this name" in client.get("/organiser/teams?name=zzz").text


def test_merged_and_disqualified_teams_are_shown_as_such(
    organiser: Any, client: FlaskClient, analysts: Team, new_team: NewTeam
) -> None:
    merged = new_team("Merged", merged_into_id=analysts.id)
    out = new_team("Out", disqualified_at=clock.utc_now(), disqualified_because="Labels by <hand>")
    page = client.get("/organiser/teams").text
    assert "merged into <bdi>Analysts</bdi>" in page
    assert "disqualified</span>" in page
    page = client.get(f"/organiser/teams/{merged.id}").text
    assert f'Merged into <a href="/organiser/teams/{analysts.id}">' in page
    assert "Disqualify the team" not in page
    page = client.get(f"/organiser/teams/{out.id}").text
    assert "Labels by &lt;hand&gt;" in page
    assert "Reinstate the team" in page


def test_older_teams_are_on_the_next_page_of_the_same_search(
    organiser: Any, client: FlaskClient, new_team: NewTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team_routes, "PAGE_LENGTH", 1)
    first, second = new_team("A one"), new_team("A two")
    page = client.get("/organiser/teams?name=A+").text
    assert f'href="/organiser/teams?name=A+&amp;before={second.id}"' in page
    page = client.get(f"/organiser/teams?name=A+&before={second.id}").text
    assert f'href="/organiser/teams/{first.id}"' in page
    assert "Older ones" not in page


def test_a_team_is_disqualified_and_reinstated_with_reasons(
    organiser: Any, client: FlaskClient, analysts: Team, session: Session
) -> None:
    page = f"/organiser/teams/{analysts.id}"
    refused = organiser.send(page, f"{page}/disqualify", because=" ")
    assert refused.status_code == 422
    assert "Expected a reason, found nothing." in refused.text
    answer = organiser.send(page, f"{page}/disqualify", because="Labels by hand.")
    assert (answer.status_code, answer.location) == (303, page)
    assert "Labels by hand." in client.get(page).text
    again = organiser.send(page, f"{page}/disqualify", because="Another")
    assert again.status_code == 422
    assert "found one that is disqualified" in again.text
    answer = organiser.send(page, f"{page}/reinstate", because="Our error.")
    assert answer.status_code == 303
    session.rollback()
    session.refresh(analysts)
    assert analysts.disqualified_at is None


def test_a_team_that_is_not_there_is_not_found(organiser: Any, client: FlaskClient, analysts: Team) -> None:
    for address in ("/organiser/teams/999", "/organiser/teams/0", "/organiser/teams/9999999999", "/organiser/teams/x"):
        assert client.get(address).status_code == 404
    assert organiser.send("/organiser/announcements", "/organiser/teams/999/disqualify", because="x").status_code == 404


def test_a_name_of_any_kind_searches_without_fault(organiser: Any, client: FlaskClient, ada: Account) -> None:
    for words in ("x" * 10_000, "%00", "%", "%ff", "\u202eabc", "'; DROP TABLE teams"):
        assert client.get("/organiser/teams", query_string={"name": words}).status_code == 200
    assert client.get("/organiser/teams?name=%00%ff").status_code == 200

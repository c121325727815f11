"""What everybody may know."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.announcements.models import Announcement
from scorer.server.stages.service import find_stage

LEADERBOARD = "/api/v1/leaderboard"


@pytest.fixture
def submitted(client: FlaskClient, ada_token: dict[str, str], challenge: Challenge, tiny: ModuleType) -> None:
    """A submission of Ada's."""
    content = tiny.prediction_zip(challenge, right=0.7)
    path = "/api/v1/stages/public/submissions"
    assert client.post(path, data=content, headers=ada_token, content_type="application/zip").status_code == 201


def test_the_challenge_says_what_a_zip_must_be(client: FlaskClient, challenge: Challenge) -> None:
    told = client.get("/api/v1/challenge").json
    assert told["title"] == challenge.title
    assert told["columns"] == ["Time", *challenge.task.labels]
    assert (told["kind"], told["metric"]) == ("framewise_one_hot", "weighted_accuracy")
    assert (told["rate"], told["greater_is_better"]) == (challenge.task.rate, True)
    assert [one["name"] for one in told["modalities"]] == [one.name for one in challenge.modalities]
    assert told["limits"]["max_zip_bytes"] == 200_000
    assert told["stages"] == client.get("/api/v1/stages").json["stages"]


def test_the_stages_say_when_they_are_open_and_what_is_sealed(
    client: FlaskClient, session: Session, set_clock: Any
) -> None:
    stage = find_stage(session, "public")
    stage.opens_at, stage.closes_at = set_clock.now, set_clock.now + timedelta(hours=1)
    session.commit()
    public, private = client.get("/api/v1/stages").json["stages"]
    assert (public["open"], public["sealed"], public["admission_needed"]) == (True, False, False)
    assert public["closes_at"] == f"{stage.closes_at:%Y-%m-%dT%H:%M:%SZ}"
    assert (public["submissions_per_day"], public["submissions_in_total"]) == (3, 5)
    assert (private["open"], private["sealed"], private["admission_needed"]) == (False, True, True)
    set_clock.forward(hours=1)
    assert client.get("/api/v1/stages").json["stages"][0]["open"] is False, "the first moment that is too late"


def test_the_leaderboard_is_sent_again_only_when_it_has_changed(
    client: FlaskClient, session: Session, ada: Account, submitted: None
) -> None:
    answer = client.get(LEADERBOARD)
    assert answer.json["rows"][0]["team"] == "Analysts"
    tag = {"If-None-Match": answer.headers["ETag"]}
    same = client.get(LEADERBOARD, headers=tag)
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    assert client.get(f"{LEADERBOARD}?stage=public", headers={"If-None-Match": '"other"'}).status_code == 200
    team = session.merge(ada).team
    assert team is not None
    team.name = "Renamed"
    session.commit()
    assert client.get(LEADERBOARD, headers=tag).json["rows"][0]["team"] == "Renamed"


def test_a_sealed_leaderboard_is_not_there_whatever_tag_is_sent(
    client: FlaskClient, session: Session, submitted: None
) -> None:
    tag = client.get(LEADERBOARD).headers["ETag"]
    find_stage(session, "public").scores_released_at = None
    session.commit()
    unknown = client.get(f"{LEADERBOARD}?stage=nothing", headers={"If-None-Match": tag})
    sealed = client.get(f"{LEADERBOARD}?stage=public", headers={"If-None-Match": tag})
    assert sealed.status_code == unknown.status_code == 404
    assert sealed.text == unknown.text


def test_a_row_names_its_tie_group(client: FlaskClient, submitted: None) -> None:
    rows = client.get(LEADERBOARD).json["rows"]
    assert [(row["team"], row["tie_group"]) for row in rows if not row["baseline"]] == [("Analysts", 1)]


def test_announcements_are_told_newest_first_until_they_are_withdrawn(
    client: FlaskClient, session: Session, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scorer.server.api.challenge_routes.PAGE_LENGTH", 1)
    for title in ("First", "Second", "Third"):
        session.add(Announcement(title=title, text="Words.", published_at=clock.utc_now(), account_id=ada.id))
        session.flush()
    session.get_one(Announcement, 3).withdrawn_at = clock.utc_now()
    session.commit()
    first = client.get("/api/v1/announcements").json
    assert [one["title"] for one in first["announcements"]] == ["Second"]
    rest = client.get(f"/api/v1/announcements?before={first['next_before']}").json
    assert ([one["title"] for one in rest["announcements"]], rest["next_before"]) == (["First"], None)

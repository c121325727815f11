from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Team
from scorer.server.current import Server
from scorer.server.leaderboard.versions import VersionReader, find_version, version_of
from scorer.server.refusals import NotFound
from scorer.server.stages.service import find_stage, list_visible_stages
from scorer.server.submissions.models import Submission

Scored = Callable[..., Submission]


def test_what_is_read_is_what_the_stages_say(session: Session, server: Server, set_clock: Any) -> None:
    assert [version.name for version in server.versions.read()] == ["public"]
    find_stage(session, "private").scores_released_at = set_clock.now
    find_stage(session, "public").ladder_step = 0.01
    session.commit()
    assert server.versions.read() == tuple(version_of(stage) for stage in list_visible_stages(session))
    assert [version.name for version in server.versions.read()] == ["public", "private"]


def test_a_new_score_makes_another_version_of_its_stage_alone(
    session: Session, server: Server, scored: Scored, set_clock: Any
) -> None:
    find_stage(session, "private").scores_released_at = set_clock.now
    session.commit()
    before = server.versions.read()
    scored("A", 0.6)
    after = server.versions.read()
    assert (before[0] == after[0], before[1] == after[1]) == (False, True)


def test_whatever_is_shown_of_a_team_makes_other_versions(session: Session, server: Server, scored: Scored) -> None:
    team = session.get_one(Team, scored("A", 0.6).team_id)
    found = [server.versions.read()]
    for name, value in (("name", "B"), ("disqualified_because", "not shown"), ("name_key", "not shown")):
        setattr(team, name, value)
        session.commit()
        found.append(server.versions.read())
    assert found[0] != found[1] == found[2] == found[3]


def test_the_first_is_found_without_a_name_and_none_by_a_wrong_one(server: Server) -> None:
    versions = server.versions.read()
    assert find_version(versions, None) == find_version(versions, "public") == versions[0]
    with pytest.raises(NotFound, match="a leaderboard: \\['public'\\]"):
        find_version(versions, "private")


def test_a_lost_connection_is_replaced(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = server.versions.read()
    lost = server.engine.dialect.loaded_dbapi.OperationalError("the server closed the connection")

    def lose(_reader: VersionReader) -> None:
        raise lost

    monkeypatch.setattr(VersionReader, "_read_past_transactions", lose)
    assert server.versions.read() == versions


def test_the_connection_serves_transactions_as_before(server: Server) -> None:
    with server.engine.connect() as connection:
        before = getattr(connection.connection.driver_connection, "autocommit", None)
    for _ in range(20):
        server.versions.read()
    with server.engine.connect() as connection:
        assert getattr(connection.connection.driver_connection, "autocommit", None) == before

"""What is kept of the leaderboard's page is shown to nobody for whom it was not made, and no longer than it is true."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Team
from scorer.server.current import Server
from scorer.server.leaderboard import page
from scorer.server.organiser.disqualification import disqualify
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Submission
from tests.scorer.server.conftest import Browser

Scored = Callable[..., Submission]


def test_who_has_the_page_is_not_sent_it_again_until_a_score_is_new(client: FlaskClient, scored: Scored) -> None:
    scored("A", 0.6)
    first = client.get("/leaderboard")
    tag = {"If-None-Match": first.headers["ETag"]}
    same = client.get("/leaderboard", headers=tag)
    assert (first.status_code, same.status_code, same.data) == (200, 304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
        assert same.headers[name] == first.headers[name]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in first.headers["Vary"]
    weak = {"If-None-Match": f"W/{first.headers['ETag']}"}
    assert client.get("/leaderboard?stage=public", headers=weak).status_code == 304
    scored("B", 0.7)
    new = client.get("/leaderboard", headers=tag)
    assert new.status_code == 200
    assert "<bdi>B</bdi>" in new.text


def test_a_page_that_is_kept_costs_no_transaction(client: FlaskClient, server: Server, scored: Scored) -> None:
    scored("A", 0.6)
    client.get("/leaderboard")
    statements: list[str] = []
    event.listen(server.engine, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement))
    assert client.get("/leaderboard").status_code == client.head("/leaderboard").status_code == 200
    assert statements == []


def test_nobody_is_shown_what_is_anothers(app: Flask, scored: Scored) -> None:
    scored("A", 0.6)
    scored("B", 0.7)
    stranger, ada, bob = (Browser(app.test_client()) for _ in range(3))
    ada.log_in("A")
    bob.log_in("B")
    for _ in range(2):
        for visitor, own, other in ((ada, "A", "B"), (stranger, None, "A"), (bob, "B", "A")):
            answer = visitor.client.get("/leaderboard")
            assert answer.text.count('class="own"') == answer.text.count("your team") == (1 if own else 0)
            assert ("Log out" in answer.text, 'name="csrf_token"' in answer.text) == (bool(own), bool(own))
            assert f"{other.lower()}@example.org" not in answer.text
            if own:
                assert f"<bdi>{own}</bdi> <span" in answer.text
                assert (answer.headers["Cache-Control"], answer.headers.get("ETag")) == ("no-store", None)


def test_who_logs_in_is_not_told_that_nothing_is_new(client: FlaskClient, browser: Browser, scored: Scored) -> None:
    scored("A", 0.6)
    tag = {"If-None-Match": client.get("/leaderboard").headers["ETag"]}
    browser.log_in("A")
    answer = client.get("/leaderboard", headers=tag)
    assert (answer.status_code, "your team" in answer.text) == (200, True)


def test_a_message_for_one_visitor_is_told_to_no_other(app: Flask) -> None:
    one, other = app.test_client(), app.test_client()
    one.get("/submissions")
    assert "Log in to see this page." in one.get("/leaderboard").text
    assert "Log in to see this page." not in other.get("/leaderboard").text


def test_a_cookie_of_nobody_changes_nothing(client: FlaskClient) -> None:
    tag = client.get("/leaderboard").headers["ETag"]
    client.set_cookie("kit_session", "made up")
    assert client.get("/leaderboard").headers["ETag"] == tag
    client.set_cookie("remember_token", "1|made up")
    assert client.get("/leaderboard").headers["ETag"] == tag


def test_a_sealed_leaderboard_is_there_from_its_moment_on_and_not_before(
    client: FlaskClient, session: Session, scored: Scored, set_clock: Any
) -> None:
    scored("Sealed", 0.9, stage="private")
    find_stage(session, "private").scores_released_at = set_clock.now + timedelta(seconds=1)
    session.commit()
    paths = ("/leaderboard?stage=private", "/leaderboard.csv?stage=private", "/api/v1/leaderboard?stage=private")
    for _ in range(2):
        assert "stage=private" not in client.get("/leaderboard").text
        assert [client.get(path).status_code for path in paths] == [404, 404, 404]
        unknown = client.get("/leaderboard?stage=unknown")
        assert (unknown.status_code, unknown.text) == (404, client.get("/leaderboard?stage=private").text)
    set_clock.forward(seconds=1)
    assert "stage=private" in client.get("/leaderboard").text
    assert ["Sealed" in client.get(path).text for path in paths] == [True, True, True]


@pytest.mark.parametrize("path", ["/leaderboard", "/leaderboard.csv", "/api/v1/leaderboard", "/"])
def test_a_team_that_changes_is_shown_as_it_is_at_once(
    client: FlaskClient, session: Session, scored: Scored, path: str
) -> None:
    team = scored("Analysts", 0.6).team
    scored("Bletchley", 0.5)
    assert "Analysts" in client.get(path).text
    session.get_one(Team, team.id).name = "Renamed"
    session.commit()
    told = client.get(path).text
    assert ("Analysts" in told, "Renamed" in told) == (False, True)
    account = scored("Bletchley", 0.4).account
    disqualify(session, session.get_one(Team, team.id), account=account, because="Two teams.")
    assert "Renamed" not in client.get(path).text


def test_what_is_filtered_is_not_kept_for_who_does_not_filter(client: FlaskClient, scored: Scored) -> None:
    scored("Analysts", 0.6)
    scored("Bletchley", 0.7)
    for _ in range(2):
        filtered = client.get("/leaderboard?team=bletch")
        assert ("Analysts" in filtered.text, filtered.headers.get("ETag")) == (False, None)
        assert "Analysts" in client.get("/leaderboard?team=").text
        assert "Analysts" not in client.get("/leaderboard.csv?team=bletch").text
        assert "Analysts" in client.get("/leaderboard.csv").text


def test_links_are_those_of_who_asks(client: FlaskClient) -> None:
    """The address at which the application is mounted is part of the request."""
    assert 'href="/elsewhere/login"' in client.get("/leaderboard", environ_overrides={"SCRIPT_NAME": "/elsewhere"}).text
    assert "/elsewhere" not in client.get("/leaderboard").text


def test_visitors_who_come_at_once_wait_for_one_page(
    app: Flask, scored: Scored, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored("A", 0.6)
    made: list[str] = []
    begun = threading.Event()
    render = page.render_page

    def render_slowly(*arguments: Any) -> str:
        made.append("page")
        begun.wait(5)
        return render(*arguments)

    monkeypatch.setattr(page, "render_page", render_slowly)
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(app.test_client().get("/leaderboard").data)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    assert (made, len(found), len(set(found))) == (["page"], 4, 1)

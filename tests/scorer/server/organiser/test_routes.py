"""Who comes to the organiser's pages; and the audit log's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.audit import service as audit
from scorer.server.db import writing
from scorer.server.organiser import routes

pytestmark = pytest.mark.one_kind

VALUES = {"name": "public", "team_id": 1, "submission_id": 1, "announcement_id": 1, "verification_id": 1}


def addresses(app: Flask, method: str) -> Iterator[str]:
    """Every address of the organiser's pages that takes the method."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.rule.startswith("/organiser"):
                values = {name: VALUES[name] for name in rule.arguments}
                yield app.url_for(rule.endpoint, **values, _anchor=None)


def test_there_are_pages_and_buttons(app: Flask) -> None:
    assert len(set(addresses(app, "GET"))) >= 15
    assert len(set(addresses(app, "POST"))) >= 14


def test_a_visitor_is_sent_to_the_log_in_and_back(app: Flask, browser: Any, client: FlaskClient) -> None:
    for address in addresses(app, "GET"):
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer.location.startswith("/login?next="), address
    for address in addresses(app, "POST"):
        answer = browser.send("/login", address)
        assert (answer.status_code, answer.location) == (302, "/login"), address


def test_to_a_participant_no_such_page_exists(app: Flask, ada: Account, browser: Any, client: FlaskClient) -> None:
    browser.log_in("Ada")
    nowhere = client.get("/organisers-are-not-here")
    assert nowhere.status_code == 404
    for address in addresses(app, "GET"):
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (404, nowhere.text), address
    for address in addresses(app, "POST"):
        assert browser.send("/team", address).status_code == 404, address
    assert "/organiser" not in client.get("/team").text


def test_what_does_not_come_from_our_form_changes_nothing(
    app: Flask, session: Session, organiser: Any, client: FlaskClient
) -> None:
    before = audit.list_entries(session)
    for address in addresses(app, "POST"):
        assert client.post(address).status_code == 400, address
        assert client.post(address, data={"csrf_token": "x"}).status_code == 400, address
    session.rollback()
    assert audit.list_entries(session) == before


def test_an_organiser_finds_the_way_from_every_page(organiser: Any, client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/organiser">Organiser</a>' in page
    page = client.get("/organiser/audit").text
    for address in ("", "/teams", "/submissions", "/stages", "/announcements", "/audit"):
        assert f'href="/organiser{address}"' in page
    assert 'href="/organiser/audit" aria-current="page"' in page


def test_the_audit_page_tells_who_decided_what(session: Session, organiser: Any, client: FlaskClient) -> None:
    organiser.send("/organiser/announcements", title="<b>Hello</b>", text="Dear all")
    page = client.get("/organiser/audit").text
    session.rollback()
    head = audit.read_head(session)
    assert head is not None
    assert "announcement.publish" in page
    assert "<bdi>Grace</bdi>" in page
    assert "<bdi>&lt;b&gt;Hello&lt;/b&gt;</bdi>" in page
    assert "the server or its command line" in page
    assert head.hash in page
    assert f"The chain of {head.entries} entries holds." in page
    assert "grace@example.org" not in page.replace('title="grace@example.org"', ""), "only in the bar, to herself"


def test_the_audit_page_says_where_the_chain_breaks(session: Session, organiser: Any, client: FlaskClient) -> None:
    with writing(session):
        session.execute(text("UPDATE audit_heads SET entries = 7"))
    assert "it breaks at entry 2, expected 7 entries, found 1." in client.get("/organiser/audit").text
    with writing(session):
        session.execute(text("DELETE FROM audit_heads"))
    assert "it breaks at entry 1, expected the number" in client.get("/organiser/audit").text


def test_older_entries_are_on_the_next_page(
    session: Session, organiser: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PAGE_LENGTH", 2)
    for number in range(3):
        with writing(session):
            audit.record(session, account=None, action="stage.open", subject=f"stage {number}")
    first = client.get("/organiser/audit").text
    assert 'href="/organiser/audit?before=3"' in first
    second = client.get("/organiser/audit?before=3").text
    assert "stage 0" in second
    assert "stage 1" not in second
    assert "Older ones" not in second

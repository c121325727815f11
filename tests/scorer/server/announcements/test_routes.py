from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.announcements import routes
from scorer.server.announcements.service import publish
from scorer.server.mails.models import Mail


def test_everybody_reads_the_newest_three_at_home_and_all_on_their_page(
    session: Session, ada: Account, client: FlaskClient
) -> None:
    assert "Announcements</h2>" not in client.get("/").text
    assert "Nothing was announced yet." in client.get("/announcements").text
    for number in range(1, 5):
        publish(session, account=ada, title=f"Number {number}", text="Text", letter=None)
    home, page = client.get("/").text, client.get("/announcements").text
    assert [f"Number {number}" in home for number in range(1, 5)] == [False, True, True, True]
    assert [f"Number {number}" in page for number in range(1, 5)] == [True] * 4
    assert page.index("Number 4") < page.index("Number 1")


def test_nothing_in_an_announcement_is_taken_for_html(session: Session, ada: Account, client: FlaskClient) -> None:
    text = '<script>alert(1)</script>\n\nSee https://a.example/?a=1&b="onclick=x and javascript:alert(1)'
    publish(session, account=ada, title="<b>\u05d0</b>", text=text, letter=None)
    for page in (client.get("/").text, client.get("/announcements").text):
        assert "<bdi>&lt;b&gt;\u05d0&lt;/b&gt;</bdi>" in page
        assert "<script>alert" not in page
        assert '<a href="https://a.example/?a=1&amp;b=" rel="noopener nofollow">' in page
        assert 'href="javascript' not in page


def test_older_ones_are_on_the_next_page(
    session: Session, ada: Account, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PAGE_LENGTH", 1)
    for title in ("Old", "New"):
        newest = publish(session, account=ada, title=title, text="Text", letter=None)
    assert f'href="/announcements?before={newest.id}"' in client.get("/announcements").text
    second = client.get(f"/announcements?before={newest.id}").text
    assert "Old" in second
    assert "Older ones" not in second
    assert client.get("/announcements?before=x").status_code == 422


def test_an_organiser_publishes_and_withdraws(organiser: Any, client: FlaskClient) -> None:
    answer = organiser.send("/organiser/announcements", title="Hello", text="Dear all")
    assert (answer.status_code, answer.location) == (303, "/organiser/announcements")
    assert "Hello" in client.get("/").text
    answer = organiser.send("/organiser/announcements", "/organiser/announcements/1/withdraw")
    assert answer.status_code == 303
    assert "Hello" not in client.get("/").text
    assert organiser.send("/organiser/announcements", "/organiser/announcements/1/withdraw").status_code == 404


def test_what_is_wrong_with_one_is_said_at_its_field(organiser: Any) -> None:
    answer = organiser.send("/organiser/announcements", title="", text="a\0b")
    assert answer.status_code == 422
    assert "Expected a title, found nothing." in answer.text
    answer = organiser.send("/organiser/announcements", title="Hello", text="a\0b")
    assert answer.status_code == 422
    assert "found U+0000" in answer.text
    assert 'value="Hello"' in answer.text, "what was typed is kept"


def test_it_is_mailed_where_that_is_ticked(organiser: Any, session: Session) -> None:
    organiser.send("/organiser/announcements", title="Quiet", text="Text")
    assert session.scalars(select(Mail)).all() == []
    session.rollback()
    organiser.send("/organiser/announcements", title="Loud", text="Text", mail="y")
    assert [mail.subject for mail in session.scalars(select(Mail))] == ["Loud"]

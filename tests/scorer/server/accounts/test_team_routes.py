from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts import merge_requests, teams
from scorer.server.accounts.models import Account, Membership
from scorer.server.stages.service import find_stage


def members(session: Session, account: Account) -> list[str]:
    session.rollback()
    session.expire_all()
    membership = session.get(Membership, account.id)
    assert membership is not None
    return [one.account.display_name for one in membership.team.memberships]


@pytest.fixture
def bob(new_account: Callable[[str], Account]) -> Account:
    """Bob, who is in no team."""
    return new_account("Bob")


@pytest.fixture
def eve(session: Session, new_account: Callable[[str], Account]) -> Account:
    """Eve, captain of the Eavesdroppers."""
    account = new_account("Eve")
    teams.create_team(session, account, name="Eavesdroppers")
    return account


@pytest.fixture
def other(browser: Any, client: FlaskClient) -> Any:
    """Somebody else, at another browser."""
    return type(browser)(client.application.test_client())


def new_link(browser: Any) -> str:
    page = browser.send("/team", "/team/invitations").text
    found = re.search(r"http://localhost(/join/[\w-]{43})<", page)
    assert found, page
    return found[1]


def test_a_captain_invites_and_who_has_the_link_joins_and_leaves(
    browser: Any, other: Any, session: Session, ada: Account, bob: Account
) -> None:
    browser.log_in("Ada")
    link = new_link(browser)
    assert link not in browser.client.get("/team").text, "a link is shown once"
    page = other.client.get(link)
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "Join <bdi>Analysts</bdi>" in page.text
    assert f"/login?next={link}" in page.text
    assert "Ada" not in page.text, "a team's members are its own business"
    other.log_in("Bob")
    answer = other.send(link)
    assert (answer.status_code, answer.location) == (303, "/team")
    assert members(session, ada) == ["Ada", "Bob"]
    assert other.client.get(link).status_code == 404
    assert "Leave the team" in other.client.get("/team").text
    assert "Make an invitation" not in other.client.get("/team").text
    assert other.send("/team", "/team/leave").status_code == 303
    assert members(session, ada) == ["Ada"]


def test_to_look_at_an_invitation_joins_nothing(
    browser: Any, other: Any, session: Session, ada: Account, bob: Account, eve: Account
) -> None:
    browser.log_in("Ada")
    link = new_link(browser)
    other.log_in("Bob")
    assert other.client.get(link).status_code == 200
    assert members(session, ada) == ["Ada"]
    third = type(browser)(browser.client.application.test_client())
    third.log_in("Eve")
    page = third.client.get(link).text
    assert "You are in the team <bdi>Eavesdroppers</bdi>" in page
    assert "Join the team" not in page


def test_a_captain_revokes_removes_and_hands_over(
    browser: Any, session: Session, ada: Account, new_member: Callable[..., Account]
) -> None:
    bob, dan = new_member("Bob", ada), new_member("Dan", ada)
    browser.log_in("Ada")
    link = new_link(browser)
    number = re.search(r"/team/invitations/(\d+)/revoke", browser.client.get("/team").text)
    assert number
    assert browser.send("/team", number[0]).status_code == 303
    assert browser.client.get(link).status_code == 404
    assert browser.send("/team", f"/team/members/{dan.id}/remove").status_code == 303
    assert members(session, ada) == ["Ada", "Bob"]
    assert browser.send("/team", f"/team/members/{bob.id}/captain").status_code == 303
    page = browser.client.get("/team").text
    assert "Leave the team" in page
    assert "Make an invitation" not in page
    assert browser.send("/team", f"/team/members/{bob.id}/remove").status_code == 404


def test_a_team_that_is_full_offers_no_invitation(
    browser: Any, session: Session, ada: Account, new_member: Callable[..., Account]
) -> None:
    browser.log_in("Ada")
    for name in ("Bob", "Dan", "Ida"):
        new_member(name, ada)
    new_link(browser)
    assert "as many as a team may have" in browser.client.get("/team").text
    answer = browser.send("/team", "/team/invitations")
    assert answer.status_code == 409
    assert "found 4 and 1" in answer.text


def test_one_captain_asks_and_the_other_takes_the_team_in(
    browser: Any, other: Any, session: Session, ada: Account, eve: Account
) -> None:
    browser.log_in("Ada")
    other.log_in("Eve")
    assert browser.send("/team", "/team/merging", name="Nobody").status_code == 422
    for answer_with, words in (("decline", "declined"), ("accept", "one now")):
        assert browser.send("/team", "/team/merging", name="Eavesdroppers").status_code == 303
        assert "You asked <bdi>Eavesdroppers</bdi>" in browser.client.get("/team").text
        page = other.client.get("/team").text
        assert "<bdi>Analysts</bdi></strong> asks to be taken into your team: 1 member" in page
        found = re.search(rf"/team/merging/\d+/{answer_with}", page)
        assert found
        assert other.send("/team", found[0]).status_code == 303
        assert words in other.client.get("/team").text
    assert members(session, ada) == ["Ada", "Eve"]
    assert "Eavesdroppers</bdi></h1>" in browser.client.get("/team").text


def test_a_request_can_be_withdrawn_and_is_nobody_elses_to_find(
    browser: Any, other: Any, session: Session, ada: Account, eve: Account, bob: Account
) -> None:
    teams.create_team(session, bob, name="Bystanders")
    request = merge_requests.ask(session, ada, name="Eavesdroppers").id
    other.log_in("Bob")
    for act in ("withdraw", "decline", "accept"):
        assert other.send("/team", f"/team/merging/{request}/{act}").status_code == 404
    browser.log_in("Ada")
    assert browser.send("/team", f"/team/merging/{request}/withdraw").status_code == 303


def test_when_teams_merge_no_more_the_page_offers_it_no_more(browser: Any, session: Session, ada: Account) -> None:
    browser.log_in("Ada")
    assert "Ask to merge" in browser.client.get("/team").text
    find_stage(session, "public").closes_at = clock.utc_now()
    session.commit()
    assert "Ask to merge" not in browser.client.get("/team").text
    assert browser.send("/team", "/team/merging", name="Nobody").status_code == 422


def test_a_disqualified_team_reads_why(browser: Any, session: Session, ada: Account) -> None:
    ada.team.disqualified_at, ada.team.disqualified_because = clock.utc_now(), "Labels <b>by hand"
    session.commit()
    browser.log_in("Ada")
    assert "Labels &lt;b&gt;by hand" in browser.client.get("/team").text


def test_no_page_of_a_team_shows_an_e_mail_address_but_ones_own(
    browser: Any, session: Session, ada: Account, new_member: Callable[..., Account]
) -> None:
    new_member("Bob", ada)
    browser.log_in("Ada")
    for page in ("/team", "/account", new_link(browser)):
        text = browser.client.get(page).text
        assert "bob@example.org" not in text

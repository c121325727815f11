from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scorer.server.accounts import service
from scorer.server.accounts.models import Account
from scorer.server.config import Settings
from tests.scorer.server.mail_server import Mailboxes

PASSWORD = "correct horse battery"
ANOTHER = "a password of another kind"


@pytest.fixture
def settings(mailing_settings: Settings) -> Settings:
    """With an SMTP server."""
    return mailing_settings


@pytest.fixture
def confirmed_ada(session: Session, ada: Account) -> Account:
    """Ada, whose address is confirmed."""
    ada.email_confirmed_at = ada.created_at
    session.commit()
    return ada


def register(browser: Any, email: str = "ada@example.org") -> Any:
    return browser.send("/register", display_name="Ada", email=email, password=PASSWORD)


def log_in(browser: Any, password: str = PASSWORD) -> Any:
    return browser.send("/login", email="ada@example.org", password=password)


def test_register_confirm_and_log_in(browser: Any, client: FlaskClient, mailboxes: Mailboxes) -> None:
    answer = register(browser)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "Look into your mailbox" in client.get("/login").text
    assert [one.rcpt_tos for one in mailboxes.envelopes] == [["ada@example.org"]]
    answer = log_in(browser)
    assert answer.status_code == 422
    assert "Confirm your e-mail address first: the link was sent again." in answer.text
    link = mailboxes.link()
    for _ in range(2):  # a program that looks for viruses follows it, too
        assert client.get(link).status_code == 200
    assert log_in(browser).status_code == 422, "to load the page confirms nothing"
    answer = browser.send(link)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert log_in(browser).status_code == 303


def test_nobody_learns_from_the_pages_who_has_an_account(
    browser: Any, client: FlaskClient, confirmed_ada: Account, mailboxes: Mailboxes
) -> None:
    for ask in (lambda email: register(browser, email), lambda email: browser.send("/forgotten", email=email)):
        answers = []
        for email in ("ada@example.org", "nobody@example.org"):
            answer = ask(email)
            answers.append((answer.status_code, answer.location, answer.text, client.get(answer.location).text))
            client.delete_cookie("kit_session")
        strip = [
            (*parts[:3], "".join(line for line in parts[3].splitlines() if "csrf" not in line)) for parts in answers
        ]
        assert strip[0] == strip[1]
    assert {(one["To"], one["Subject"]) for one in mailboxes.messages} == {
        ("ada@example.org", "You have an account already"),
        ("nobody@example.org", "Confirm your e-mail address"),
        ("ada@example.org", "Set a new password"),
        ("nobody@example.org", "Set a new password"),
    }


def test_nobody_learns_from_the_api_who_has_an_account(client: FlaskClient, confirmed_ada: Account) -> None:
    answers = []
    for email in ("ada@example.org", "nobody@example.org"):
        body = {"email": email, "display_name": "Ada", "password": PASSWORD}
        answer = client.post("/api/v1/accounts", json=body)
        answers.append((answer.status_code, answer.text.replace(email, "EMAIL")))
    assert answers[0] == answers[1]


def test_a_program_gets_no_token_before_the_address_is_confirmed(
    client: FlaskClient, browser: Any, mailboxes: Mailboxes
) -> None:
    register(browser)
    body = {"email": "ada@example.org", "password": PASSWORD, "name": "laptop"}
    answer = client.post("/api/v1/tokens", json=body)
    assert answer.status_code == 403
    assert "Confirm your e-mail address first" in answer.json["detail"]
    browser.send(mailboxes.link())
    assert client.post("/api/v1/tokens", json=body).status_code == 201


def test_a_forgotten_password_is_set_anew_by_the_link_once(
    browser: Any, client: FlaskClient, confirmed_ada: Account, mailboxes: Mailboxes, session: Session
) -> None:
    token = service.create_token(session, confirmed_ada, name="laptop")
    assert log_in(browser).status_code == 303
    stolen = client.get_cookie("kit_session").value
    answer = browser.send("/forgotten", email="ADA@example.org")
    assert (answer.status_code, answer.location) == (303, "/login")
    link = mailboxes.link()
    answer = browser.send(link, password="short")
    assert answer.status_code == 422
    assert "at least 10 characters, found 5" in answer.text
    answer = browser.send(link, password=ANOTHER)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "every API token is revoked" in client.get("/login").text
    elsewhere = client.application.test_client()
    elsewhere.set_cookie("kit_session", stolen)
    assert elsewhere.get("/team").status_code == 302
    assert client.get("/api/v1/team", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert log_in(browser).status_code == 422
    assert log_in(browser, ANOTHER).status_code == 303
    for answer in (client.get(link), browser.send("/account", link, password=PASSWORD)):
        assert answer.status_code == 404
        assert "was used already, or is too old" in answer.text
    assert mailboxes.messages[-1]["Subject"] == "Your password was changed"


def test_links_lead_to_the_servers_own_address_whatever_host_was_asked_for(
    client: FlaskClient, browser: Any, mailboxes: Mailboxes
) -> None:
    token = browser.csrf_token("/register")
    fields = {"csrf_token": token, "display_name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    client.post("/register", data=fields, headers={"X-Forwarded-Host": "evil.example"})
    assert "https://challenge.example.org/confirm/" in mailboxes.text()
    assert "evil" not in mailboxes.text()


@pytest.mark.parametrize("path", ["/confirm/x", "/reset/x", "/join/x"])
def test_a_void_link_says_so_and_its_address_goes_to_no_other_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "not valid" in answer.text
    assert answer.headers["Referrer-Policy"] == "strict-origin"


def test_a_page_with_a_secret_in_its_address_is_of_use_over_https(
    client: FlaskClient, browser: Any, mailboxes: Mailboxes
) -> None:
    register(browser)
    link, base = mailboxes.link(), "https://localhost"
    page = client.get(link, base_url=base)
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"
    token = page.text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    # What a browser sends under that policy: the host, without the path.
    answer = client.post(link, base_url=base, data={"csrf_token": token}, headers={"Referer": f"{base}/"})
    assert answer.status_code == 303


def test_no_log_line_holds_an_address_a_link_or_a_password(
    browser: Any,
    client: FlaskClient,
    mailboxes: Mailboxes,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the SMTP server of the tests
    register(browser)
    link = mailboxes.link()
    mailboxes.recipient_answer = "550 <ada@example.org> is not here"
    browser.send("/forgotten", email="ada@example.org")
    monkeypatch.setattr(service, "find_login", lambda *_: None)
    monkeypatch.setattr("scorer.server.accounts.signed_links.SignedLinks.find_confirmation", broken)
    assert client.get(link).status_code == 500
    assert "was not sent at try 1, the last: SMTPRecipientsRefused 550" in caplog.text
    assert "GET /confirm/<token> failed" in caplog.text
    for secret in ("ada@example.org", quote("ada@example.org"), link.rpartition("/")[2], PASSWORD):
        assert secret not in caplog.text


def broken(*_: object) -> None:
    raise RuntimeError


def test_the_right_password_of_an_address_that_is_not_confirmed_opens_nothing(
    browser: Any, client: FlaskClient, new_account: Callable[[str], Account]
) -> None:
    new_account("Ada")
    assert log_in(browser).status_code == 422
    assert client.get("/team").status_code == 302

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scorer.server.accounts import service
from scorer.server.accounts.models import Account

PASSWORD = "correct horse battery"


def test_register_team_token_and_log_out(browser: Any, client: FlaskClient) -> None:
    answer = browser.send("/register", display_name="Ada", email="ada@example.org", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/team")
    assert "Now create your team" in client.get("/team").text
    browser.send("/team", name="Analysts")
    page = browser.send("/team", "/team/tokens", name="laptop").text
    token = page.partition("<code>kit_")[2].partition("<")[0]
    assert len(token) == 56
    assert token.partition("_")[2] not in client.get("/team").text, "a token is shown once"
    browser.send("/team", "/logout")
    assert client.get("/team").location == "/login?next=/team"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "ada"}, "Expected an e-mail address such as ada@example.org."),
        ({"email": ""}, "Expected an e-mail address, found nothing."),
        ({"password": "short"}, "Expected a password of at least 10 characters, found 5."),
        ({"display_name": "\u2800"}, "Expected a name of visible characters, found U+2800."),
    ],
)
def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(browser: Any, changes: dict[str, str], words: str) -> None:
    fields = {"display_name": "Ada", "email": "ada@example.org", "password": PASSWORD} | changes
    answer = browser.send("/register", **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert PASSWORD not in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_what_people_type_is_escaped(browser: Any, client: FlaskClient) -> None:
    browser.send("/register", display_name="<b>Ada</b>", email="ada@example.org", password=PASSWORD)
    browser.send("/team", name="<script>alert(1)</script>")
    for page in ("/team", "/"):
        text = client.get(page).text
        assert "<b>Ada" not in text
        assert "<script>" not in text
    assert "&lt;script&gt;" in client.get("/team").text


def test_a_wrong_password_and_an_unknown_account_get_the_same_page(browser: Any, ada: Account) -> None:
    pages = []
    for email, password in [("ada@example.org", "wrong password"), ("eve@example.org", "wrong password")]:
        answer = browser.send("/login", email=email, password=password)
        assert answer.status_code == 422
        text = answer.text.replace(email, "EMAIL")
        pages.append("".join(line for line in text.splitlines() if "csrf_token" not in line))
    assert pages[0] == pages[1]
    assert "No account has this e-mail address and this password." in pages[0]


def test_the_log_in_is_a_new_secret_each_time_and_the_old_cookie_is_dead_after_log_out(
    browser: Any,
    client: FlaskClient,
    ada: Account,
) -> None:
    client.get("/login")
    before = client.get_cookie("kit_session")
    browser.log_in("Ada")
    first = client.get_cookie("kit_session")
    assert first is not None
    assert first.value != (before.value if before else None)
    with client.session_transaction() as cookie:
        first_secret = cookie["_user_id"]
    browser.send("/team", "/logout")
    browser.log_in("Ada")
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != first_secret
    stolen = client.application.test_client()
    stolen.set_cookie("kit_session", first.value)
    assert stolen.get("/team").status_code == 302


def test_to_log_in_again_ends_the_log_in_before(browser: Any, client: FlaskClient, ada: Account) -> None:
    browser.log_in("Ada")
    first = client.get_cookie("kit_session")
    token = browser.csrf_token("/team")
    client.post("/login", data={"csrf_token": token, "email": "ada@example.org", "password": PASSWORD})
    stolen = client.application.test_client()
    stolen.set_cookie("kit_session", first.value)
    assert stolen.get("/team").status_code == 302


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/submit", "/submit"),
        ("/submissions?before=3", "/submissions?before=3"),
        ("https://evil.example/", "/submissions"),
        ("//evil.example", "/submissions"),
        ("/\\evil.example", "/submissions"),
        ("\t//evil.example", "/submissions"),
        ("javascript:alert(1)", "/submissions"),
        ("///evil.example", "/submissions"),
    ],
)
def test_after_the_log_in_one_stays_on_this_server(browser: Any, ada: Account, target: str, leads_to: str) -> None:
    answer = browser.send(f"/login?next={quote(target)}", email="ada@example.org", password=PASSWORD)
    assert answer.location == leads_to


def test_log_out_is_no_link(client: FlaskClient) -> None:
    assert client.get("/logout").status_code == 405


@pytest.mark.parametrize("page", ["/register", "/login", "/logout", "/team", "/team/tokens", "/submit"])
def test_a_form_without_its_csrf_token_changes_nothing(
    client: FlaskClient,
    browser: Any,
    ada: Account,
    page: str,
) -> None:
    browser.log_in("Ada")
    answer = client.post(page, data={"email": "eve@example.org", "display_name": "Eve", "password": PASSWORD})
    assert answer.status_code == 400
    assert "This form is too old, or came from elsewhere." in answer.text


@pytest.mark.parametrize("page", ["/team", "/submit", "/submissions", "/submissions/1"])
def test_pages_of_members_send_visitors_to_the_log_in(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.location == f"/login?next={page}"


def test_a_foreign_token_is_not_found(
    browser: Any, ada: Account, new_account: Callable[[str], Account], session: Any
) -> None:
    service.create_token(session, ada, name="laptop")
    token_id = service.list_tokens(session, ada)[0].id
    new_account("Eve")
    browser.log_in("Eve")
    answer = browser.send("/team", f"/team/tokens/{token_id}/revoke")
    assert answer.status_code == 404
    session.rollback()
    assert len(service.list_tokens(session, ada)) == 1


def test_a_token_can_be_revoked_on_the_page(browser: Any, ada: Account, session: Session) -> None:
    service.create_token(session, ada, name="laptop")
    browser.log_in("Ada")
    answer = browser.send("/team", f"/team/tokens/{service.list_tokens(session, ada)[0].id}/revoke")
    assert answer.status_code == 303
    session.rollback()
    assert service.list_tokens(session, ada) == []


def test_a_second_team_and_a_bad_name_are_refused_on_the_page(
    browser: Any, new_account: Callable[[str], Account]
) -> None:
    new_account("Eve")
    browser.log_in("Eve")
    answer = browser.send("/team", name="Zero\u200bwidth")
    assert answer.status_code == 422
    assert "found U+200B" in answer.text
    token = browser.csrf_token("/team")
    assert browser.send("/team", name="Eavesdroppers").status_code == 303
    answer = browser.client.post("/team", data={"csrf_token": token, "name": "Second"})
    assert answer.status_code == 422


def test_a_token_without_a_name_is_refused_on_the_page(browser: Any, ada: Account) -> None:
    browser.log_in("Ada")
    for name, words in [("", "Expected a name for the token, found nothing."), (" x", "without spaces at its ends")]:
        answer = browser.send("/team", "/team/tokens", name=name)
        assert answer.status_code == 422
        assert words in answer.text


def test_who_is_logged_in_already_goes_on(browser: Any, client: FlaskClient, ada: Account) -> None:
    browser.log_in("Ada")
    assert client.get("/login?next=/team").location == "/team"

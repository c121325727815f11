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

FORMS = [
    *("/register", "/login", "/logout", "/forgotten", "/confirm/x", "/reset/x", "/join/x", "/submit"),
    *("/account/name", "/account/password", "/account/logout", "/team", "/team/tokens", "/team/tokens/1/revoke"),
    *("/team/invitations", "/team/invitations/1/revoke", "/team/leave", "/team/members/1/remove"),
    *("/team/members/1/captain", "/team/merging", "/team/merging/1/withdraw", "/team/merging/1/decline"),
    "/team/merging/1/accept",
]
"""Whatever changes something."""


def test_register_team_token_and_log_out(browser: Any, client: FlaskClient) -> None:
    answer = browser.send("/register", display_name="Ada", email="ada@example.org", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/team")
    assert "Now create your team" in client.get("/team").text
    browser.send("/team", name="Analysts")
    page = browser.send("/team", "/team/tokens", name="laptop", scopes=["read", "submit"]).text
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


@pytest.mark.parametrize("page", FORMS)
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


def test_a_token_has_the_scopes_that_were_ticked(browser: Any, ada: Account, session: Session) -> None:
    browser.log_in("Ada")
    browser.send("/team", "/team/tokens", name="reader", scopes="read")
    assert [token.scopes for token in service.list_tokens(session, ada)] == [["read"]]
    assert '<span class="tag">read</span>' in browser.client.get("/team").text
    for scopes in ([], ["read", "everything"]):
        answer = browser.send("/team", "/team/tokens", name="none", scopes=scopes)
        assert answer.status_code == 422
        assert "Expected some of [&#39;read&#39;, &#39;submit&#39;]" in answer.text


def test_thirty_tokens_an_hour(browser: Any, ada: Account, session: Session, set_clock: Any) -> None:
    set_clock.now = set_clock.now.replace(minute=0)
    browser.log_in("Ada")
    for _ in range(30):
        assert browser.send("/team", "/team/tokens", name="x", scopes="read").status_code == 200
        service.revoke_token(session, ada, service.list_tokens(session, ada)[0].id)
    answer = browser.send("/team", "/team/tokens", name="x", scopes="read")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_too_many_log_ins_are_answered_with_when_to_come_again(browser: Any, ada: Account, set_clock: Any) -> None:
    set_clock.now = set_clock.now.replace(minute=0, second=0, microsecond=0)
    for _ in range(10):
        assert browser.send("/login", email="ada@example.org", password="wrong one").status_code == 422
    answer = browser.send("/login", email="ada@example.org", password=PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "Try again in 15 minutes." in answer.text
    body = {"email": "ada@example.org", "password": PASSWORD, "name": "x"}
    answer = browser.client.post("/api/v1/tokens", json=body)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900"), "the API is the same door"


CONTROLS = ["a\0b", "\r\n\x1b", "\u2028\ufffe", "x" * 10_000]


@pytest.mark.parametrize("text", CONTROLS, ids=ascii)
def test_no_character_in_any_field_is_an_error_of_ours(browser: Any, ada: Account, text: str) -> None:
    everything = dict.fromkeys(("email", "password", "present", "display_name", "name", "scopes"), text)
    for page in ("/register", "/login", "/forgotten"):
        assert browser.send(page, **everything).status_code in (303, 422, 429), page
        for field in ("email", "password", "display_name"):
            good = {"email": "eve@example.org", "password": PASSWORD, "display_name": "Eve"}
            answer = browser.send(page, **good | {field: text})
            assert answer.status_code in (303, 422, 429), (page, field)
            browser.send("/account", "/logout")
    browser.log_in("Ada")
    for to in ("/team", "/team/tokens", "/team/merging"):
        assert browser.send("/team", to, **everything).status_code == 422, to
    for to in ("/account/name", "/account/password"):
        assert browser.send("/account", to, **everything).status_code == 422, to
    for path in ("/confirm/", "/reset/", "/join/"):
        assert browser.client.get(path + quote(text)).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/accounts", "/api/v1/tokens"])
@pytest.mark.parametrize("field", ["email", "password", "display_name", "name"])
@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\u0000b"', '"\\uffff"'])
def test_no_character_in_json_is_an_error_of_ours(
    client: FlaskClient, ada: Account, path: str, field: str, text: str
) -> None:
    values = {"email": '"ada@example.org"', "password": f'"{PASSWORD}"'}
    values |= {"display_name": '"Ada"'} if path.endswith("accounts") else {"name": '"laptop"'}
    body = ",".join(f'"{name}":{value}' for name, value in (values | {field: text}).items())
    answer = client.post(path, data=f"{{{body}}}", content_type="application/json")
    assert 400 <= answer.status_code < 500


def test_a_token_with_odd_characters_is_none(client: FlaskClient) -> None:
    for token in ("kit_\xff_x", "kit__", "kit_0_", "kit_" + "0" * 5000 + "_x", "kit_0_\xe9"):
        assert client.get("/api/v1/team", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_who_is_logged_in_already_goes_on(browser: Any, client: FlaskClient, ada: Account) -> None:
    browser.log_in("Ada")
    assert client.get("/login?next=/team").location == "/team"

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scorer.server.accounts import service
from scorer.server.accounts.models import Account

PASSWORD = "correct horse battery"
ANOTHER = "a password of another kind"


def test_a_visitor_has_no_account_page(client: FlaskClient) -> None:
    assert client.get("/account").location == "/login?next=/account"


def test_the_name_is_changed_where_it_stands(browser: Any, client: FlaskClient, ada: Account) -> None:
    browser.log_in("Ada")
    assert browser.send("/account", "/account/name", display_name="Ada <b>Lovelace").status_code == 303
    assert "<bdi>Ada &lt;b&gt;Lovelace</bdi>" in client.get("/team").text
    answer = browser.send("/account", "/account/name", display_name=" x")
    assert answer.status_code == 422
    assert "without spaces at its ends" in answer.text


def test_a_new_password_ends_every_log_in_but_the_one_here_which_is_a_new_one(
    browser: Any, client: FlaskClient, ada: Account, session: Session
) -> None:
    browser.log_in("Ada")
    token = service.create_token(session, ada, name="laptop")
    before = client.get_cookie("kit_session").value
    answer = browser.send("/account", "/account/password", present=PASSWORD, password=ANOTHER)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Your password is changed." in client.get("/account").text
    copy = client.application.test_client()
    copy.set_cookie("kit_session", before)
    assert copy.get("/account").status_code == 302
    assert client.get("/api/v1/team", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    browser.send("/account", "/logout")
    assert browser.send("/login", email="ada@example.org", password=ANOTHER).status_code == 303


def test_a_password_is_not_changed_without_the_present_one(browser: Any, client: FlaskClient, ada: Account) -> None:
    browser.log_in("Ada")
    for fields, words in [
        ({"present": "wrong one", "password": ANOTHER}, "Expected your present password, found another."),
        ({"present": PASSWORD, "password": "short"}, "at least 10 characters, found 5"),
        ({"password": ANOTHER}, "Expected your present password, found nothing."),
    ]:
        answer = browser.send("/account", "/account/password", **fields)
        assert answer.status_code == 422
        assert words in answer.text
        assert ANOTHER not in answer.text
    assert client.get("/account").status_code == 200


def test_to_log_out_everywhere_ends_the_log_ins_on_other_browsers(
    browser: Any, client: FlaskClient, ada: Account
) -> None:
    other = client.application.test_client()
    elsewhere = type(browser)(other)
    elsewhere.log_in("Ada")
    browser.log_in("Ada")
    answer = browser.send("/account", "/account/logout")
    assert (answer.status_code, answer.location) == (303, "/")
    for one in (client, other):
        assert one.get("/account").status_code == 302

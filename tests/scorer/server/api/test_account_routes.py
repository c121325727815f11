"""Registration and tokens."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.rate_limits.rules import LOG_IN_TO_ACCOUNT

PASSWORD = "correct horse battery"
NEW = {"email": "ada@example.org", "display_name": "Ada", "password": PASSWORD}


def test_an_address_has_one_account(client: FlaskClient) -> None:
    answer = client.post("/api/v1/accounts", json=NEW)
    assert (answer.status_code, answer.json) == (201, {"email": "ada@example.org", "display_name": "Ada"})
    again = client.post("/api/v1/accounts", json={**NEW, "email": "ADA@example.org"})
    assert (again.status_code, again.get_json(force=True)["field"]) == (409, "email")


def test_where_addresses_are_confirmed_nobody_hears_which_have_an_account(confirming: Flask, session: Session) -> None:
    client = confirming.test_client()
    first = client.post("/api/v1/accounts", json=NEW)
    again = client.post("/api/v1/accounts", json={**NEW, "password": "another long password"})
    assert first.status_code == again.status_code == 202
    assert first.text == again.text
    for answer in (first, again):
        answer.headers.pop("X-Request-Id", None)  # a random number
    assert dict(first.headers) == dict(again.headers)
    assert len(session.scalars(select(Account)).all()) == 1


def test_a_token_is_made_only_for_a_confirmed_address(confirming: Flask, session: Session) -> None:
    client = confirming.test_client()
    client.post("/api/v1/accounts", json=NEW)
    body = {"email": NEW["email"], "password": PASSWORD, "name": "laptop"}
    answer = client.post("/api/v1/tokens", json=body)
    assert answer.status_code == 403
    assert "Confirm your e-mail address first" in answer.get_json(force=True)["detail"]
    account = session.scalars(select(Account)).one()
    account.email_confirmed_at = account.created_at
    session.commit()
    assert client.post("/api/v1/tokens", json=body).status_code == 201


def test_who_guesses_passwords_has_to_wait(client: FlaskClient, ada: Account) -> None:
    body = {"email": ada.email, "password": "a wrong password", "name": "t"}
    for _ in range(LOG_IN_TO_ACCOUNT.most):
        assert client.post("/api/v1/tokens", json=body).status_code == 401
    answer = client.post("/api/v1/tokens", json={**body, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_team_is_created_once(client: FlaskClient, ada_token: dict[str, str], loner_token: dict[str, str]) -> None:
    assert client.post("/api/v1/team", json={"name": "Another"}, headers=ada_token).status_code == 409
    taken = client.post("/api/v1/team", json={"name": "analysts"}, headers=loner_token)
    assert (taken.status_code, taken.get_json(force=True)["field"]) == (409, "name")
    answer = client.post("/api/v1/team", json={"name": "Loners"}, headers=loner_token)
    assert (answer.status_code, answer.json) == (201, {"name": "Loners", "members": ["Loner"]})


def test_no_e_mail_address_of_a_team_is_told(client: FlaskClient, ada_token: dict[str, str]) -> None:
    assert "@" not in client.get("/api/v1/team", headers=ada_token).text

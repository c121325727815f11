"""Bodies and queries: whatever arrives, the answer is a problem that names the key."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("path", "body", "status", "field", "words"),
    [
        ("accounts", {"email": "x"}, 422, "display_name", "Expected a JSON object with email, display_name, password"),
        ("accounts", {"email": 1, "display_name": "A", "password": PASSWORD}, 422, "email", "valid string"),
        ("accounts", {"email": "a", "display_name": "A", "password": PASSWORD}, 422, "email", "such as ada@"),
        (
            "accounts",
            {"email": "a@example.org", "display_name": "A", "password": PASSWORD, "role": "organiser"},
            422,
            "role",
            "Extra inputs",
        ),
        ("accounts", [], 422, None, "Input should be an object"),
        ("tokens", {"email": "a@example.org", "password": "wrong password", "name": "t"}, 401, None, "No account has"),
    ],
)
def test_a_bad_body_is_a_problem_that_names_the_key(
    client: FlaskClient, path: str, body: object, status: int, field: str | None, words: str
) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == status
    problem = answer.get_json(force=True)
    assert (problem["status"], problem.get("field")) == (status, field)
    assert words in problem["detail"]
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_called_json_is_refused(client: FlaskClient, content_type: str) -> None:
    answer = client.post("/api/v1/accounts", data=b"{}", content_type=content_type)
    assert answer.status_code == 415
    assert "Expected a body of the type application/json" in answer.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"email": ' + b"9" * 50_000 + b"}",
        b'{"email": "\\ud800", "display_name": "A", "password": "correct horse battery"}',
        b'{"email": NaN}',
    ],
    ids=["open", "empty", "no text", "nested", "a long number", "half a character", "no number"],
)
def test_a_body_that_is_no_json_is_a_problem(client: FlaskClient, content: bytes) -> None:
    answer = client.post("/api/v1/accounts", data=content, content_type="application/json")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["detail"].startswith("Expected a JSON object with email, display_name, password")


def test_a_body_that_is_too_long_is_a_problem(client: FlaskClient) -> None:
    answer = client.post("/api/v1/accounts", json={"email": "a" * 100_000})
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


LONG, NUL = "a" * 10_000, "Ada\0"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("accounts", {"email": "ada@example.org", "display_name": LONG, "password": PASSWORD}, "display_name"),
        ("accounts", {"email": "ada@example.org", "display_name": NUL, "password": PASSWORD}, "display_name"),
        ("accounts", {"email": f"{LONG}@example.org", "display_name": "Ada", "password": PASSWORD}, "email"),
        ("accounts", {"email": f"{NUL}@example.org", "display_name": "Ada", "password": PASSWORD}, "email"),
        ("accounts", {"email": "ada@example.org", "display_name": "Ada", "password": LONG}, "password"),
        ("tokens", {"email": NUL, "password": PASSWORD, "name": "t"}, "email"),
        ("team", {"name": LONG}, "name"),
        ("team", {"name": NUL}, "name"),
    ],
)
def test_names_that_no_table_holds_are_refused(
    client: FlaskClient, ada_token: dict[str, str], path: str, body: dict[str, str], field: str
) -> None:
    answer = client.post(f"/api/v1/{path}", json=body, headers=ada_token if path == "team" else {})
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (422, field)
    assert LONG not in answer.text


def test_a_very_long_address_and_password_log_nobody_in(client: FlaskClient) -> None:
    body = {"email": LONG, "password": LONG, "name": "t"}
    assert client.post("/api/v1/tokens", json=body).status_code == 401


@pytest.mark.parametrize(
    "query", ["before=0", "before=-1", "before=+1", "before=1.0", "before=1e3", "before=", "before=x", "before=%00"]
)
@pytest.mark.parametrize("path", ["submissions", "announcements"])
def test_a_number_that_is_none_is_a_problem(
    client: FlaskClient, ada_token: dict[str, str], path: str, query: str
) -> None:
    answer = client.get(f"/api/v1/{path}?{query}", headers=ada_token)
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (422, "before")


def test_a_number_that_is_too_large_for_a_row_is_a_problem(client: FlaskClient, ada_token: dict[str, str]) -> None:
    for number in ("1000000000", "9" * 30):
        assert client.get(f"/api/v1/submissions?before={number}", headers=ada_token).status_code == 422
        for method, path in (("GET", ""), ("POST", "/choice"), ("DELETE", "/choice")):
            answer = client.open(f"/api/v1/submissions/{number}{path}", method=method, headers=ada_token)
            assert answer.status_code == 404
            assert answer.content_type == "application/problem+json"


def test_a_parameter_that_is_not_known_is_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/leaderboard?stag=public")
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (422, "stag")


def test_a_key_that_is_not_known_is_repeated_only_so_far(client: FlaskClient) -> None:
    answer = client.post("/api/v1/accounts", json={"k" * 10_000: 1, "email": "a", "display_name": "A", "password": "b"})
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (422, "k" * 100)
    assert len(answer.text) < 1000

from __future__ import annotations

import io
import re
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from data_spec.challenge import Challenge
from scorer.server.accounts.models import Account
from scorer.server.current import Server

PASSWORD = "correct horse battery"
SUBMISSIONS = "/api/v1/stages/public/submissions"


def submit(client: FlaskClient, headers: dict[str, str], content: bytes, path: str = SUBMISSIONS):
    return client.post(path, data=content, headers=headers, content_type="application/zip")


def test_register_token_team_submit_leaderboard(client: FlaskClient, challenge: Challenge, tiny: ModuleType) -> None:
    account = {"email": "ada@example.org", "display_name": "Ada", "password": PASSWORD}
    assert client.post("/api/v1/accounts", json=account).status_code == 201
    body = {"email": "ada@example.org", "password": PASSWORD, "name": "laptop"}
    answer = client.post("/api/v1/tokens", json=body)
    assert answer.status_code == 201
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    assert client.get("/api/v1/team", headers=headers).status_code == 404
    assert client.post("/api/v1/team", json={"name": "Analysts"}, headers=headers).status_code == 201
    assert client.get("/api/v1/team", headers=headers).json == {"name": "Analysts", "members": ["Ada"]}
    answer = submit(client, headers, tiny.prediction_zip(challenge, right=0.7))
    assert answer.status_code == 201
    assert answer.location == "/api/v1/submissions/1"
    assert (answer.json["state"], answer.json["score"], answer.json["rank"]) == ("scored", 0.7, 1)
    assert answer.json["interval"] == pytest.approx([0.7, 0.7])
    assert set(answer.json["report"]["recall"]) == set(challenge.task.labels)
    assert "id00000001" not in answer.text, "the score of a single hidden recording is not told"
    assert client.get(answer.location, headers=headers).json == answer.json
    assert [one["id"] for one in client.get("/api/v1/submissions", headers=headers).json["submissions"]] == [1]


def test_no_score_is_told_with_more_decimals_than_the_leaderboard_shows(
    client: FlaskClient, ada_token: dict[str, str], challenge: Challenge, tiny: ModuleType
) -> None:
    answer = submit(client, ada_token, tiny.prediction_zip(challenge, right=1 / 3, spread=0.1))
    figures = re.findall(r"\d\.\d+", answer.text + client.get("/api/v1/leaderboard").text)
    assert len(figures) > 10
    assert max(map(len, figures)) == len("0.3333")


def test_a_refused_zip_is_answered_with_every_fault(
    client: FlaskClient, ada_token: dict[str, str], tiny: ModuleType
) -> None:
    answer = submit(client, ada_token, tiny.zip_of({"prediction/id00000001.csv": "Time\n"}))
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["score"], answer.json["rank"]) == ("refused", None, None)
    texts = [fault["text"] for fault in answer.json["faults"]]
    assert "prediction/id00000002.csv: expected this file in the zip, found none" in texts
    assert {"file", "row", "column", "expected", "found"} < set(answer.json["faults"][0])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", SUBMISSIONS),
        ("GET", "/api/v1/submissions"),
        ("GET", "/api/v1/submissions/1"),
        ("POST", "/api/v1/team"),
        ("GET", "/api/v1/team"),
    ],
)
@pytest.mark.parametrize("header", [None, "Bearer kit_0_0", "Bearer", "Basic YTpi", "Token x", "Bearer \u00e9"])
def test_without_a_valid_token_nothing_is_told(
    client: FlaskClient, ada: Account, method: str, path: str, header: str | None
) -> None:
    answer = client.open(path, method=method, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_cookies_open_nothing_in_the_api(client: FlaskClient, browser: Any, ada: Account) -> None:
    browser.log_in("Ada")
    assert client.get("/api/v1/team").status_code == 401


def test_tokens_open_no_page(client: FlaskClient, ada_token: dict[str, str]) -> None:
    assert client.get("/team", headers=ada_token).status_code == 302


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


def test_a_body_that_is_no_json_is_a_problem(client: FlaskClient) -> None:
    answer = client.post("/api/v1/accounts", data=b"{", content_type="application/json")
    assert answer.status_code == 422
    assert "Invalid JSON" in answer.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/leaderboard", 404),
        ("DELETE", "/api/v1/leaderboard", 405),
        ("GET", "/api/v1/leaderboard?stage=nothing", 404),
    ],
)
def test_every_error_of_the_api_is_a_problem(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["status"] == status


def test_a_fault_of_ours_is_a_problem_without_its_words(app: Flask, client: FlaskClient, monkeypatch: Any) -> None:
    from scorer.server.api import routes

    def broken(*_: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(routes, "find_visible_stage", broken)
    answer = client.get("/api/v1/leaderboard")
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "a secret path" not in answer.text


def test_too_large_an_upload_is_a_problem_with_the_limit(
    client: FlaskClient, server: Server, ada_token: dict[str, str]
) -> None:
    answer = submit(client, ada_token, bytes(200_001))
    assert answer.status_code == 413
    assert answer.get_json(force=True)["detail"] == "Expected a zip of at most 200 kB, found a larger one."
    assert list(server.storage.incoming.iterdir()) == []


def test_too_large_an_upload_without_a_declared_length_is_stopped(
    client: FlaskClient, server: Server, ada_token: dict[str, str]
) -> None:
    answer = client.post(
        SUBMISSIONS,
        input_stream=io.BytesIO(bytes(300_000)),
        headers=ada_token,
        content_type="application/zip",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert [path for path in server.storage.root.rglob("*") if path.is_file()] == []


def test_a_truncated_upload_is_not_received(client: FlaskClient, server: Server, ada_token: dict[str, str]) -> None:
    answer = client.post(
        SUBMISSIONS,
        input_stream=io.BytesIO(b"PK only the beginning"),
        headers=ada_token,
        content_type="application/zip",
        environ_overrides={"CONTENT_LENGTH": "1000"},
    )
    assert answer.status_code == 400
    assert client.get("/api/v1/submissions", headers=ada_token).json["submissions"] == []
    assert [path for path in server.storage.root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_a_body_that_is_not_called_a_zip_is_refused(
    client: FlaskClient, ada_token: dict[str, str], content_type: str
) -> None:
    answer = client.post(SUBMISSIONS, data=b"x", headers=ada_token, content_type=content_type)
    assert answer.status_code == 415
    assert "Expected a body of the type application/zip" in answer.get_json(force=True)["detail"]


def test_a_closed_and_an_unknown_stage_are_refused(client: FlaskClient, ada_token: dict[str, str]) -> None:
    assert submit(client, ada_token, b"x", "/api/v1/stages/private/submissions").status_code == 403
    assert submit(client, ada_token, b"x", "/api/v1/stages/final/submissions").status_code == 404


def test_a_used_up_day_is_429(
    client: FlaskClient, ada_token: dict[str, str], challenge: Challenge, tiny: ModuleType
) -> None:
    for _ in range(3):
        assert submit(client, ada_token, tiny.prediction_zip(challenge)).status_code == 201
    assert submit(client, ada_token, tiny.prediction_zip(challenge)).status_code == 429


def test_a_foreign_submission_is_404(
    client: FlaskClient, ada_token: dict[str, str], challenge: Challenge, tiny: ModuleType
) -> None:
    submit(client, ada_token, tiny.prediction_zip(challenge))
    account = {"email": "eve@example.org", "display_name": "Eve", "password": PASSWORD}
    client.post("/api/v1/accounts", json=account)
    body = {"email": "eve@example.org", "password": PASSWORD, "name": "t"}
    headers = {"Authorization": f"Bearer {client.post('/api/v1/tokens', json=body).json['token']}"}
    foreign = client.get("/api/v1/submissions/1", headers=headers)
    assert foreign.status_code == 404
    assert foreign.text == client.get("/api/v1/submissions/999", headers=headers).text

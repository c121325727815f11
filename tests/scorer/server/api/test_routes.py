"""The API as a whole: the way of a program through it, and what it answers to what goes wrong."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from data_spec.challenge import Challenge
from scorer.server.api import challenge_routes

PASSWORD = "correct horse battery"


def submit(client: FlaskClient, headers: dict[str, str], content: bytes):
    return client.post(
        "/api/v1/stages/public/submissions", data=content, headers=headers, content_type="application/zip"
    )


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
    assert set(answer.json["report"]["parts"]) == set(challenge.task.labels)
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
    def broken(*_: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(challenge_routes, "find_visible_stage", broken)
    answer = client.get("/api/v1/leaderboard")
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "a secret path" not in answer.text

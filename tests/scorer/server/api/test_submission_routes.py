"""Uploads, verdicts, and which submission counts."""

from __future__ import annotations

import io
from types import ModuleType

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.current import Server
from scorer.server.jobs.celery_app import Jobs
from scorer.server.rate_limits.rules import UPLOAD_OF_ACCOUNT
from scorer.server.rate_limits.service import check
from scorer.server.stages.service import find_stage

SUBMISSIONS = "/api/v1/stages/public/submissions"


def submit(client: FlaskClient, headers: dict[str, str], content: bytes, path: str = SUBMISSIONS):
    return client.post(path, data=content, headers=headers, content_type="application/zip")


def test_a_refused_zip_is_answered_with_every_fault(
    client: FlaskClient, ada_token: dict[str, str], tiny: ModuleType
) -> None:
    answer = submit(client, ada_token, tiny.zip_of({"prediction/id00000001.csv": "Time\n"}))
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["score"], answer.json["rank"]) == ("refused", None, None)
    texts = [fault["text"] for fault in answer.json["faults"]]
    assert "prediction/id00000002.csv: expected this file in the zip, found none" in texts
    assert {"file", "row", "column", "expected", "found"} < set(answer.json["faults"][0])


def test_a_submission_that_waits_for_its_verdict_is_accepted_and_found_where_the_answer_says(
    client: FlaskClient,
    server: Server,
    ada_token: dict[str, str],
    challenge: Challenge,
    tiny: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    with monkeypatch.context() as no_worker:
        no_worker.setattr(Jobs, "judge", lambda _, submission_id: asked.append(submission_id))
        answer = submit(client, ada_token, tiny.prediction_zip(challenge))
    assert (answer.status_code, answer.json["state"], answer.location) == (202, "received", "/api/v1/submissions/1")
    assert asked == [1], "a worker is woken"
    assert client.get(answer.location, headers=ada_token).json == answer.json
    server.jobs.judge(1)
    assert client.get(answer.location, headers=ada_token).json["state"] == "scored"


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


@pytest.mark.parametrize(("announced", "status"), [("1000", 400), ("3", 201), ("-1", 422), ("x", 422)])
def test_a_length_that_lies_is_believed_as_far_as_it_goes(
    client: FlaskClient, server: Server, ada_token: dict[str, str], announced: str, status: int
) -> None:
    answer = client.post(
        SUBMISSIONS,
        input_stream=io.BytesIO(b"PK only the beginning"),
        headers=ada_token,
        content_type="application/zip",
        environ_overrides={"CONTENT_LENGTH": announced},
    )
    sizes = [one["size"] for one in client.get("/api/v1/submissions", headers=ada_token).json["submissions"]]
    assert (answer.status_code, sizes) == (status, [3] if status == 201 else [])
    kept = [path for path in server.storage.root.rglob("*") if path.is_file()]
    assert len(kept) == len(sizes)


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


def test_too_many_uploads_of_one_account_have_to_wait(
    client: FlaskClient, server: Server, session: Session, ada_token: dict[str, str]
) -> None:
    for _ in range(UPLOAD_OF_ACCOUNT.most):
        check(session, server.settings.secret_key, UPLOAD_OF_ACCOUNT, "1")
    answer = submit(client, ada_token, b"PK")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "name", ["final", "a" * 10_000, "%00", "%F0%9F%98%80", "..%2f..", "public%0d%0aSet-Cookie:%20a=b"]
)
def test_a_stage_that_is_not_there_is_a_problem(client: FlaskClient, ada_token: dict[str, str], name: str) -> None:
    answer = submit(client, ada_token, b"PK", f"/api/v1/stages/{name}/submissions")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert "Set-Cookie" not in answer.headers
    assert len(answer.text) < 1000


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/choice"), ("DELETE", "/choice")])
def test_a_foreign_submission_is_404(
    client: FlaskClient,
    ada_token: dict[str, str],
    eve_token: dict[str, str],
    challenge: Challenge,
    tiny: ModuleType,
    method: str,
    path: str,
) -> None:
    submit(client, ada_token, tiny.prediction_zip(challenge))
    foreign = client.open(f"/api/v1/submissions/1{path}", method=method, headers=eve_token)
    assert foreign.status_code == 404
    assert foreign.text == client.open(f"/api/v1/submissions/999{path}", method=method, headers=eve_token).text
    assert client.get("/api/v1/submissions", headers=eve_token).json["submissions"] == []


def test_who_is_in_no_team_has_no_submissions(client: FlaskClient, loner_token: dict[str, str]) -> None:
    for answer in (client.get("/api/v1/submissions", headers=loner_token), submit(client, loner_token, b"PK")):
        assert answer.status_code == 403
        assert answer.get_json(force=True)["detail"] == "Expected a member of a team. Create a team first."


def test_the_list_goes_on_where_it_says(
    client: FlaskClient, ada_token: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scorer.server.api.submission_routes.PAGE_LENGTH", 2)
    for _ in range(3):
        submit(client, ada_token, b"PK")
    first = client.get("/api/v1/submissions", headers=ada_token).json
    assert ([one["id"] for one in first["submissions"]], first["next_before"]) == ([3, 2], 2)
    rest = client.get(f"/api/v1/submissions?before={first['next_before']}", headers=ada_token).json
    assert ([one["id"] for one in rest["submissions"]], rest["next_before"]) == ([1], None)


def test_a_chosen_submission_counts_until_the_choice_is_taken_back(
    client: FlaskClient, ada_token: dict[str, str], challenge: Challenge, tiny: ModuleType
) -> None:
    for right in (0.7, 0.6):
        submit(client, ada_token, tiny.prediction_zip(challenge, right=right))

    def counting() -> list[int]:
        found = client.get("/api/v1/submissions", headers=ada_token).json["submissions"]
        return [one["id"] for one in found if one["counts"]]

    assert counting() == [1], "the best one"
    answer = client.post("/api/v1/submissions/2/choice", headers=ada_token)
    assert (answer.status_code, answer.json["chosen"], answer.json["counts"]) == (200, True, True)
    assert counting() == [2]
    assert client.get("/api/v1/leaderboard").json["rows"][0]["score"] == 0.6
    assert client.delete("/api/v1/submissions/1/choice", headers=ada_token).json["chosen"] is False
    assert counting() == [2], "the choice of another one stays"
    assert client.delete("/api/v1/submissions/2/choice", headers=ada_token).json["chosen"] is False
    assert counting() == [1]


def test_what_has_no_score_is_not_chosen(client: FlaskClient, ada_token: dict[str, str]) -> None:
    submit(client, ada_token, b"PK")
    answer = client.post("/api/v1/submissions/1/choice", headers=ada_token)
    assert answer.status_code == 422
    assert "Expected a submission with a score" in answer.get_json(force=True)["detail"]


def test_of_a_sealed_stage_no_score_is_told(
    client: FlaskClient, session: Session, ada_token: dict[str, str], challenge: Challenge, tiny: ModuleType
) -> None:
    find_stage(session, "public").scores_released_at = None
    session.commit()
    answer = submit(client, ada_token, tiny.prediction_zip(challenge, right=0.7))
    assert (answer.status_code, answer.json["state"]) == (201, "scored")
    for part in ("score", "interval", "report", "rank"):
        assert answer.json[part] is None
    assert answer.json["counts"] is False, "which one is the best is as sealed as the scores"
    assert "0.7" not in answer.text

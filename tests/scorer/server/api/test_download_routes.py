"""Downloads by a program."""

from __future__ import annotations

import hashlib

from flask.testing import FlaskClient

from scorer.server.data_folder import DataFolder


def test_what_one_may_not_have_yet_is_listed_with_the_reason(client: FlaskClient, ada_token: dict[str, str]) -> None:
    everybodys, admitted = client.get("/api/v1/downloads", headers=ada_token).json["downloads"]
    assert (everybodys["name"], everybodys["why_not"]) == ("participants", None)
    assert (admitted["name"], bool(admitted["why_not"])) == ("stage2", True)
    assert client.get("/api/v1/downloads/stage2", headers=ada_token).status_code == 404


def test_a_file_comes_whole_or_from_where_it_broke_off(
    client: FlaskClient, ada_token: dict[str, str], data: DataFolder
) -> None:
    content = (data.downloads / "participants.zip").read_bytes()
    path = "/api/v1/downloads/participants"
    with client.get(path, headers=ada_token) as answer:
        assert (answer.status_code, answer.content_type, answer.data) == (200, "application/zip", content)
        assert answer.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
        assert "private" in answer.headers["Cache-Control"]
    told = client.get("/api/v1/downloads", headers=ada_token).json["downloads"][0]
    assert (told["size"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    part = {**ada_token, "Range": "bytes=10-", "If-Range": f'"{told["sha256"]}"'}
    with client.get(path, headers=part) as answer:
        assert (answer.status_code, answer.data) == (206, content[10:])
    with client.get(path, headers={**part, "If-Range": '"of another file"'}) as answer:
        assert (answer.status_code, answer.data) == (200, content)
    answer = client.get(path, headers={**ada_token, "Range": f"bytes={len(content)}-"})
    assert (answer.status_code, answer.content_type) == (416, "application/problem+json")


def test_no_other_file_is_a_download(client: FlaskClient, ada_token: dict[str, str]) -> None:
    for name in ("organisers", "participants.zip", "..%2fkit.db", "%2e%2e", "a" * 10_000, "%00"):
        answer = client.get(f"/api/v1/downloads/{name}", headers=ada_token)
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"

"""Uploads and addresses that are not as they should be: each is answered with what was expected, or is not there."""

from __future__ import annotations

import html
import io
import re
import threading
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from data_spec.challenge import Challenge
from scorer.__main__ import main
from scorer.server.accounts.models import Scope
from scorer.server.current import Server
from scorer.server.jobs.celery_app import Jobs
from scorer.server.rate_limits.rules import UPLOAD_OF_ACCOUNT
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Submission
from tests.scorer.server.crawling import CSRF_TOKEN
from tests.scorer.server.every_route import WRITING, Address, list_addresses
from tests.scorer.server.faulty_zips import faulty_zips
from tests.scorer.server.planted import PlantedServer, all_rows

SUBMISSIONS = "/api/v1/stages/public/submissions"
FORM_TYPE = "multipart/form-data; boundary=x"

MOST_ANSWERED = 60_000
"""Bytes: no answer grows with what was sent."""

UNKNOWN_NAMES = (
    *("final", "x" * 10_000, "\0", "..", "public ", "PUBLIC", "public\r\nSet-Cookie: a=b", "ｐublic", "\u202ecilbup"),
)


def form_with_file(file_name: str, csrf_token: str) -> bytes:
    """What a browser sends of the upload form."""
    fields = {"csrf_token": csrf_token, "stage": "public", f'file"; filename="{file_name}': "no zip"}
    head = "--x\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    return "".join([*parts, "--x--\r\n"]).encode()


def send(client: FlaskClient, headers: dict[str, str], content: bytes) -> TestResponse:
    return client.post(SUBMISSIONS, data=content, headers=headers, content_type="application/zip")


def test_every_fault_is_told_in_the_same_words_by_the_command_the_page_and_the_api(
    client: FlaskClient,
    browser: Any,
    ada_token: dict[str, str],
    challenge: Challenge,
    tiny: ModuleType,
    published: Path,
    tmp_path: Path,
) -> None:
    browser.log_in("Ada")
    zips = faulty_zips(tiny.prediction_zip(challenge))
    assert 15 <= len(zips) <= UPLOAD_OF_ACCOUNT.most
    checked, answered, shown = {}, {}, {}
    for kind, content in zips.items():
        path = tmp_path / "predictions.zip"
        path.write_bytes(content)
        result = CliRunner().invoke(main, ["check", str(path), "--templates", str(published / "participants/test")])
        assert (result.exit_code, result.output.startswith("refused: ")) == (1, True), kind
        checked[kind] = [line.removeprefix("  ") for line in result.output.splitlines()[1:]]
        answer = send(client, ada_token, content).json
        answered[kind] = [*(fault["text"] for fault in answer["faults"]), *answer["notes"]]
        page = client.get(f"/submissions/{answer['id']}").text.partition("<h1>")[2]
        shown[kind] = [html.unescape(item) for item in re.findall("<li>(.*?)</li>", page)]
    assert len({words for (words, *_) in checked.values()}) > 15, "the kinds are different ones"
    assert answered == checked
    assert shown == checked


def test_the_same_bytes_sent_at_once_are_one_submission_while_it_waits(
    app: Flask,
    session: Session,
    ada_token: dict[str, str],
    challenge: Challenge,
    tiny: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Jobs, "judge", lambda *_: None)
    content, together = tiny.prediction_zip(challenge), threading.Barrier(4)
    numbers: list[int] = []

    def upload() -> None:
        client = app.test_client()
        together.wait(10)
        numbers.append(send(client, ada_token, content).json["id"])

    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert numbers == [1] * 4
    assert len(session.scalars(select(Submission)).all()) == 1


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_slow_upload_holds_no_connection_to_the_database(
    client: FlaskClient, browser: Any, server: Server, ada_token: dict[str, str], way: str
) -> None:
    browser.log_in("Ada")
    body, content_type, path = b"no zip", "application/zip", SUBMISSIONS
    if way == "page":
        body, content_type, path = form_with_file("a.zip", browser.csrf_token("/team")), FORM_TYPE, "/submit"
    held: list[int] = []

    class Slow(io.BytesIO):
        """Looks, whenever some of it is asked for."""

        def readinto(self, buffer: Any) -> int:
            held.append(server.engine.pool.checkedout())
            return super().readinto(buffer)

    answer = client.post(path, input_stream=Slow(body), content_type=content_type, headers=ada_token)
    assert answer.status_code == (303 if way == "page" else 201)
    assert {*held} == {0}


@pytest.mark.parametrize(
    ("edge", "microseconds", "words"),
    [
        ("opens_at", -1, "opens at"),
        ("opens_at", 0, None),
        ("closes_at", -1, None),
        ("closes_at", 0, "closed at"),
        ("closes_at", 1, "closed at"),
    ],
)
def test_at_the_edge_of_a_stage_a_microsecond_decides(
    client: FlaskClient,
    browser: Any,
    session: Session,
    ada_token: dict[str, str],
    set_clock: Any,
    edge: str,
    microseconds: int,
    words: str | None,
) -> None:
    browser.log_in("Ada")
    setattr(find_stage(session, "public"), edge, set_clock.now + timedelta(hours=1))
    session.commit()
    set_clock.forward(hours=1, microseconds=microseconds)
    answer = send(client, ada_token, b"PK")
    page = browser.send("/team", "/submit", stage="public", file=(io.BytesIO(b"no zip"), "a.zip"))
    if words is None:
        assert (answer.status_code, page.status_code) == (201, 303)
    else:
        assert (answer.status_code, page.status_code) == (403, 403)
        said = answer.get_json(force=True)["detail"]
        assert words in said
        assert said in html.unescape(page.text), "the page says what the API says"


def test_what_is_another_teams_is_404_like_what_never_was(app: Flask, planted: PlantedServer) -> None:
    ids = {name: values for name, values in planted.examples.items() if name.endswith("_id")}
    others = {"submission_id": [1, *planted.sealed], "team_id": ids["team_id"][:1], "request_id": ids["request_id"][:1]}
    names = {name: values[-1:] for name, values in planted.examples.items() if name not in ids}
    before, told = all_rows(planted.server.engine), dict[str, set[str]]()
    browser = planted.log_in(app, "eve")
    csrf_token = browser.csrf_token()
    programs = {scope: planted.program_of(app, "eve", scope) for scope in Scope}
    for examples in ({**ids, **others}, {name: [999_999_999] for name in ids}):
        for address in list_addresses(app, {**names, **examples}, only_with="row_id"):
            if address.is_for_programs:
                answer = programs[Scope.SUBMIT if address.method in WRITING else Scope.READ].ask(address)
            else:
                form = {"data": {"csrf_token": csrf_token, "because": "Mine."}} if address.method in WRITING else {}
                answer = browser.ask(address, **form)
            assert answer.status_code == 404, address
            told.setdefault(f"{address.method} {address.endpoint}", set()).add(CSRF_TOKEN.sub("", answer.text))
    assert len(told) > 15
    assert [route for route, texts in told.items() if len(texts) != 1] == [], "nobody can tell the two apart"
    assert all_rows(planted.server.engine) == before


def test_a_stage_or_a_file_of_an_unknown_name_is_404(app: Flask, planted: PlantedServer) -> None:
    grace = planted.log_in(app, "grace")
    csrf_token = grace.csrf_token()
    programs = {scope: planted.program_of(app, "ada", scope) for scope in Scope}
    boards = [Address("GET", path, path) for path in ("/leaderboard", "/leaderboard.csv", "/api/v1/leaderboard")]
    for name in UNKNOWN_NAMES:
        examples = {**planted.examples, "name": [name], "stage_name": [name]}
        named = [one for one in list_addresses(app, examples) if {"name", "stage_name"} & arguments_of(app, one)]
        assert len(named) > 8
        for address in named:
            if address.is_for_programs:
                asker = programs[Scope.SUBMIT if address.method in WRITING else Scope.READ]
                sent = {"data": b"PK", "content_type": "application/zip"}
            else:
                asker, sent = grace, {"data": {"csrf_token": csrf_token}}
            check_absent(asker.ask(address, **(sent if address.method in WRITING else {})), address)
        for address in (*boards, Address("GET", "/organiser/submissions", "")):
            check_absent(grace.ask(address, query_string={"stage": name}), address)


def check_absent(answer: TestResponse, address: Address) -> None:
    assert answer.status_code == 404, address
    assert len(answer.data) < MOST_ANSWERED
    assert "Set-Cookie: a" not in str(answer.headers)


def arguments_of(app: Flask, address: Address) -> set[str]:
    """What stands in the address of a route."""
    return {name for rule in app.url_map.iter_rules(address.endpoint) for name in rule.arguments}


@pytest.mark.parametrize(
    "file_name",
    ["a\r\nSet-Cookie: evil=1", 'a"; evil="1', "../../../etc/passwd", "x" * 10_000, "\0.zip", "\u202epiz.a", ""],
)
def test_the_name_of_an_uploaded_file_is_used_for_nothing(
    client: FlaskClient, browser: Any, ada_token: dict[str, str], server: Server, file_name: str
) -> None:
    browser.log_in("Ada")
    body = form_with_file(file_name, browser.csrf_token("/team"))
    answer = client.post("/submit", data=body, content_type=FORM_TYPE)
    assert answer.status_code in (303, 400, 422)
    assert "evil" not in str(answer.headers)
    listed = client.get("/api/v1/submissions", headers=ada_token)
    for word in ("evil", "passwd", "xxx"):
        assert word not in listed.text
    kept = [path.name for path in server.settings.data.storage.root.rglob("*") if path.is_file()]
    assert len(kept) == len(listed.json["submissions"])
    assert all(re.fullmatch("[0-9a-f]{64}", name) for name in kept)

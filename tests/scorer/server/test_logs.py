from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery
from flask import Flask, request, url_for
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scorer.server import current, logs
from scorer.server.accounts.models import Account
from scorer.server.gunicorn_logs import GunicornLogs
from scorer.server.logs import JsonLines, configure_logging, install_logs

EMAIL, PASSWORD, TOKEN, INVITATION = "eve@example.org", "battery-staple-17", "kit_0a1b_planted", "planted-invitation"
PLANTED = (EMAIL, PASSWORD, TOKEN, INVITATION, "203.0.113.7", "Planted Browser", "planted-id")


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What `configure_logging` writes from now on, line by line."""
    root, ours = logging.getLogger(), logging.getLogger("scorer")
    before = (root.handlers, root.level, ours.level)
    configure_logging()
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers, root.level = before[0], before[1]
    ours.setLevel(before[2])


def of_requests(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if line["message"] == "request"]


def test_each_request_has_one_line_of_json(client: FlaskClient, lines: Callable[[], list[dict[str, Any]]]) -> None:
    answer = client.get("/leaderboard?stage=public")
    (line,) = of_requests(lines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line.pop("time"))
    assert line.pop("duration_ms") > 0
    assert line.pop("pid") > 0
    assert line.pop("request_id") == answer.headers["X-Request-Id"]
    assert line == {
        "level": "info",
        "logger": "scorer.server.logs",
        "message": "request",
        "method": "GET",
        "route": "/leaderboard",
        "status": 200,
    }


def test_each_request_has_an_id_of_its_own_and_never_the_clients(client: FlaskClient) -> None:
    ids = {client.get("/healthz", headers={"X-Request-Id": "planted-id"}).headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)


def test_what_is_not_found_and_made_up_methods_are_not_repeated(
    client: FlaskClient, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    client.get(f"/{INVITATION}")
    client.open("/healthz", method="PLANTED")
    client.get("/static/style.css").close()
    found = [(line["method"], line["route"], line["status"]) for line in of_requests(lines())]
    assert found == [("GET", "none", 404), ("OTHER", "none", 405), ("GET", "/static/<path:filename>", 200)]
    assert "lanted" not in json.dumps(lines()).lower()


def send_what_fails(client: FlaskClient, path: str, method: str = "POST") -> None:
    answer = client.open(
        f"{path}?email={EMAIL}&token={TOKEN}",
        method=method,
        data={"email": EMAIL, "password": PASSWORD, "display_name": INVITATION},
        headers={
            "Authorization": f"Bearer {TOKEN}",
            "X-Request-Id": "planted-id",
            "User-Agent": "Planted Browser",
            "Cookie": f"kit_session={INVITATION}",
        },
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    assert answer.status_code == 500


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/login", "POST"),
        ("/register", "POST"),
        ("/forgotten", "POST"),
        (f"/join/{INVITATION}", "GET"),
        ("/leaderboard", "GET"),
        ("/api/v1/submissions", "GET"),
    ],
)
def test_of_a_request_that_fails_nothing_personal_is_logged(
    app: Flask,
    client: FlaskClient,
    lines: Callable[[], list[dict[str, Any]]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    method: str,
) -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    app.config["WTF_CSRF_ENABLED"] = False
    monkeypatch.setattr(current, "session", broken)
    logging.getLogger().addHandler(caplog.handler)
    send_what_fails(client, path, method)
    _check_nothing_planted(lines(), caplog.text)


@pytest.mark.parametrize("endpoint", ["accounts.confirm", "accounts.reset"])
def test_of_a_mailed_link_that_fails_the_token_is_not_logged(
    app: Flask,
    client: FlaskClient,
    lines: Callable[[], list[dict[str, Any]]],
    caplog: pytest.LogCaptureFixture,
    endpoint: str,
) -> None:
    def broken(token: str) -> None:
        raise RuntimeError("broken")

    with app.test_request_context():
        path = url_for(endpoint, token=TOKEN)
    app.view_functions[endpoint] = broken
    logging.getLogger().addHandler(caplog.handler)
    send_what_fails(client, path, "GET")
    _check_nothing_planted(lines(), caplog.text)


def _check_nothing_planted(lines: list[dict[str, Any]], caught: str) -> None:
    written = json.dumps(lines) + caught
    assert "builtins.RuntimeError" in written
    for planted in PLANTED:
        assert planted not in written
    assert len({line["request_id"] for line in lines}) == 1, "the fault and the request's line have the same id"
    assert lines[-1]["message"] == "request"
    assert lines[-1]["status"] == 500


def test_an_exception_is_told_by_type_and_place_and_not_by_its_words(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    app = Flask(__name__)
    install_logs(app)

    @app.post("/<secret>")
    def fails(secret: str) -> None:
        try:
            raise KeyError(request.form["email"])
        except KeyError as error:
            raise OSError(28, f"no {secret} for {request.form['password']}") from error

    @app.errorhandler(Exception)
    def broken(_error: Exception) -> tuple[str, int]:
        logging.getLogger("scorer.server.test").exception("a request failed")
        return "", 500

    send_what_fails(app.test_client(), f"/{INVITATION}")
    told = lines()[0]["exception"]
    assert re.search(r"builtins\.KeyError\nwhich caused:\n", told)
    assert told.endswith("builtins.OSError (errno 28)")
    assert 'raise KeyError(request.form["email"])' in told
    for planted in PLANTED:
        assert planted not in json.dumps(lines())


def test_a_fault_of_the_database_repeats_no_value(
    session: Session, ada: Account, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """PostgreSQL names the value that is there already, in words that no setting of SQLAlchemy hides."""
    again = {column.name: getattr(ada, column.name) for column in Account.__table__.columns if column.name != "id"}
    try:
        session.execute(insert(Account), [again])
    except IntegrityError:
        logging.getLogger("scorer.server.test").exception("failed")
    (line,) = lines()
    assert "IntegrityError" in line["exception"]
    assert ada.email_key not in json.dumps(line)


def test_of_what_others_log_only_numbers_and_signals_are_filled_in(lines: Callable[[], list[dict[str, Any]]]) -> None:
    other = logging.getLogger("gunicorn.error")
    other.propagate = True
    other.error("Worker (pid:%s) exited with code %d", 7, 3)
    other.error("Worker (pid:%s) was sent %s!", 7, "SIGKILL")
    other.error("Error handling request %s", f"/join/{INVITATION}")
    try:
        raise ValueError(EMAIL)
    except ValueError as error:
        other.exception(error)
        other.error("failed: %r", error)
    other.error("found %s", [EMAIL])
    other.error("with more", extra={"data": {"args": TOKEN}})
    assert [line["message"] for line in lines()] == [
        "Worker (pid:7) exited with code 3",
        "Worker (pid:7) was sent SIGKILL!",
        "Error handling request …",
        "ValueError",
        "failed: 'ValueError'",
        "found …",
        "with more",
    ]
    assert not any(planted in json.dumps(lines()) for planted in PLANTED)


def test_a_job_that_fails_is_named_without_its_arguments(lines: Callable[[], list[dict[str, Any]]]) -> None:
    celery = Celery("test", broker="memory://", set_as_current=False)
    celery.conf.update(task_always_eager=True, worker_hijack_root_logger=False)

    @celery.task(name="mail.send", shared=False)
    def send(address: str) -> None:
        raise RuntimeError(f"no such address: {address}")

    send.apply_async((EMAIL,))
    written = json.dumps(lines())
    assert "Task mail.send[" in lines()[-1]["message"]
    assert lines()[-1]["exception"].endswith("builtins.RuntimeError")
    assert EMAIL not in written


def test_others_say_what_is_worth_a_warning_and_ours_what_is_worth_knowing(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    logging.getLogger("botocore").info("Found credentials")
    logging.getLogger("scorer.server.jobs").info("started")
    assert [line["message"] for line in lines()] == ["started"]


def test_gunicorn_writes_into_our_log_and_names_no_address(lines: Callable[[], list[dict[str, Any]]]) -> None:
    from gunicorn.config import Config

    config = Config()
    config.set("loglevel", "warning")
    gunicorn = GunicornLogs(config)
    gunicorn.warning("Invalid request from ip=203.0.113.7: Invalid HTTP request line: 'GET /join/planted-invitation'")
    gunicorn.info("quiet")
    assert [line["message"] for line in lines()] == ["a request that is none was refused"]


def test_a_line_of_the_log_is_one_line(lines: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("scorer.server.test").error("two\nlines %s", "\u2028 and more")
    assert [line["message"] for line in lines()] == ["two\nlines \u2028 and more"]


def test_the_formatter_writes_no_field_of_others(app: Flask) -> None:
    record = logging.makeLogRecord({"name": "other", "msg": "text", "route": "/x", "email": EMAIL})
    assert set(json.loads(JsonLines().format(record))) == {"time", "level", "logger", "message", "pid"}
    with app.test_request_context(f"/join/{INVITATION}"):
        assert logs.route() == "/join/<secret>"


@pytest.mark.usefixtures("lines")
def test_a_quiet_process_logs_warnings_and_no_requests() -> None:
    ours = logging.getLogger("scorer.server.logs")
    assert ours.isEnabledFor(logging.INFO)
    configure_logging(quiet=True)
    assert not ours.isEnabledFor(logging.INFO)
    assert ours.isEnabledFor(logging.WARNING)

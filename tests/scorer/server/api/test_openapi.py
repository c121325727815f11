"""The API's description: whether it is one, and whether the API does what it says, tried by schemathesis."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import positive_data_acceptance

from scorer.server.api.description import SPEC_PATH, create_described_app
from scorer.server.api.inputs import ZIP_TYPES
from scorer.server.api.routes import blueprint
from scorer.server.rate_limits import service as rate_limits
from scorer.server.row_ids import RowIdConverter
from tests.scorer.server import tiny_corpus

CHALLENGE = tiny_corpus.tiny_challenge()


class ApplicationOfTheTest:
    """A WSGI application that is another one in each test: schemathesis wants one when tests are collected."""

    def __init__(self) -> None:
        self.app: Flask = create_described_app("scorer.server")
        self.app.url_map.converters["row_id"] = RowIdConverter
        self.app.register_blueprint(blueprint)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer: Any = self.app(environ, start_response)
        try:
            return list(answer)
        finally:
            answer.close()  # schemathesis does not close a file


application = ApplicationOfTheTest()
described = schemathesis.openapi.from_wsgi(SPEC_PATH, application)
schemathesis.openapi.media_type(
    ZIP_TYPES[0],
    st.one_of(
        st.builds(tiny_corpus.prediction_zip, st.just(CHALLENGE), right=st.floats(0, 1)),
        st.builds(tiny_corpus.zip_of, st.dictionaries(st.text(min_size=1), st.text())),
        st.binary(max_size=1000),
    ),
    aliases=ZIP_TYPES[1:],
)
bounded = settings(
    max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=[*HealthCheck]
)
# What a name, an address or a password must be is more than a JSON schema says.
UNCHECKED = [positive_data_acceptance]


@pytest.fixture
def running(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """What schemathesis asks: the application, which counts no tries, so that it does not soon say 429 only."""
    monkeypatch.setattr(rate_limits, "count", lambda *_: None)
    application.app = app
    return app.test_client()


@pytest.mark.slow
@described.parametrize()
@bounded
def test_without_a_token_every_answer_is_as_described(case: schemathesis.Case, running: FlaskClient) -> None:
    case.call_and_validate(excluded_checks=UNCHECKED)


@pytest.fixture
def submitted(running: FlaskClient, ada_token: dict[str, str]) -> dict[str, str]:
    """The header of a token whose team has a submission."""
    content = tiny_corpus.prediction_zip(CHALLENGE)
    answer = running.post(
        "/api/v1/stages/public/submissions", data=content, headers=ada_token, content_type=ZIP_TYPES[0]
    )
    assert (answer.status_code, answer.json["id"]) == (201, 1)
    return ada_token


@pytest.mark.slow
@described.parametrize()
@bounded
def test_with_a_token_every_answer_is_as_described(case: schemathesis.Case, submitted: dict[str, str]) -> None:
    case.call_and_validate(headers=submitted, excluded_checks=UNCHECKED)


def test_the_description_is_valid_openapi(client: FlaskClient) -> None:
    answer = client.get(SPEC_PATH)
    assert answer.content_type == "application/json"
    assert answer.json["openapi"].startswith("3.1")
    validate(answer.json)


def test_the_description_is_the_same_whoever_asks_for_it_first(client: FlaskClient) -> None:
    first = client.get(SPEC_PATH, base_url="http://elsewhere.example")
    assert "elsewhere" not in first.text
    assert client.get(SPEC_PATH).json == first.json


def test_every_operation_says_what_it_does_takes_and_refuses(app: Flask, client: FlaskClient) -> None:
    spec = client.get(SPEC_PATH).json
    operations = [operation for path in spec["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {endpoint.removeprefix("api.") for endpoint in app.view_functions if endpoint.startswith("api.")}
    for operation in operations:
        assert operation["summary"].endswith(".")
        for parameter in operation["parameters"]:
            assert parameter["description"], (operation["operationId"], parameter["name"])
        for status, response in operation["responses"].items():
            assert response["description"]
            problem = "application/problem+json" in response["content"]
            assert problem is (int(status) >= 400), (operation["operationId"], status)
        if "security" in operation:
            assert {"401", "403"} < set(operation["responses"])
            assert operation["security"][0]["token"][0] in ("read", "submit")


def test_what_everybody_may_ask_needs_no_token(client: FlaskClient) -> None:
    paths = client.get(SPEC_PATH).json["paths"]
    free = {
        path.removeprefix("/api/v1")
        for path, methods in paths.items()
        for one in methods.values()
        if "security" not in one
    }
    assert free == {"/accounts", "/tokens", "/challenge", "/stages", "/leaderboard", "/announcements"}


def test_pages_are_no_part_of_the_description(client: FlaskClient) -> None:
    spec = client.get(SPEC_PATH).json
    assert all(path.startswith("/api/v1/") for path in spec["paths"])
    assert client.get("/docs").status_code == 404
    assert "http" not in json.dumps(spec["paths"]), "nothing is loaded from elsewhere"

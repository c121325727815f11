"""What watching programs ask: alive, ready, figures. None of it is for people, and none of it is private."""

from __future__ import annotations

import hmac
from http import HTTPStatus

import flask
from flask import Blueprint, Flask, current_app, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from scorer.server import current
from scorer.server.health.metrics import render_metrics
from scorer.server.health.readiness import OK, Readiness

blueprint = Blueprint("health", __name__)

_READINESS = "kit_readiness"


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)
    server = current.server_of(state.app)
    state.app.extensions[_READINESS] = Readiness(server.engine, server.storage)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """`ok` while the server answers and its database does: otherwise start it again."""
    try:
        current.session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "the database does not answer\n", HTTPStatus.SERVICE_UNAVAILABLE, {"Content-Type": "text/plain"}
    return "ok\n", HTTPStatus.OK, {"Content-Type": "text/plain"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 where every part of the server can do its work, else 503: send nobody here. The parts are named."""
    checks = current_app.extensions[_READINESS].read()
    ready = all(said == OK for said in checks.values())
    return {"ready": ready, "checks": checks}, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Figures for Prometheus, to who shows the token of the data folder; to others there is nothing here."""
    if not _shows_token():
        flask.abort(HTTPStatus.NOT_FOUND)
    return render_metrics(current.session()), HTTPStatus.OK, {"Content-Type": CONTENT_TYPE_LATEST}


def _shows_token() -> bool:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    try:
        token = current.server().settings.data.metrics_token.read_bytes().strip()
    except OSError:
        return False
    return scheme.lower() == "bearer" and token != b"" and hmac.compare_digest(shown.encode(), token)

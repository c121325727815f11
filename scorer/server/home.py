"""The home page, and the answer to whoever asks whether the server lives."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from scorer.server import clock, current
from scorer.server.accounts.visits import visitor
from scorer.server.leaderboard.interval_plot import scale_of
from scorer.server.leaderboard.service import read_board
from scorer.server.stages.service import list_stages, list_visible_stages

blueprint = Blueprint("home", __name__)

TOP = 5
"""Lines of the leaderboard on the home page."""


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """What the challenge is, and how to start."""
    session, challenge = current.session(), current.server().challenge
    visible = list_visible_stages(session)
    rows = read_board(session, challenge, visible[0])[:TOP] if visible else []
    account = visitor()
    return render_template(
        "home.html",
        stages=list_stages(session),
        now=clock.utc_now(),
        rows=rows,
        scale=scale_of(rows),
        own_team_id=account.team.id if account and account.team else None,
        base_url=request.host_url.rstrip("/"),
    )


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """`ok` while the server answers and its database does."""
    current.session().execute(text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain"}

"""The home page."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from scorer.server import clock, current
from scorer.server.accounts.front_desk import base_url
from scorer.server.accounts.visits import visitor
from scorer.server.announcements.service import list_published
from scorer.server.leaderboard.interval_plot import scale_of
from scorer.server.leaderboard.service import read_board
from scorer.server.stages.service import list_stages, list_visible_stages

blueprint = Blueprint("home", __name__)

TOP = 5
"""Lines of the leaderboard on the home page."""

NEWEST = 3
"""Announcements on the home page."""


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """What the challenge is, and how to start."""
    session, server = current.session(), current.server()
    visible = list_visible_stages(session)
    rows = read_board(session, server.challenge, visible[0], boards=server.boards)[:TOP] if visible else []
    account = visitor()
    return render_template(
        "home.html",
        stages=list_stages(session),
        now=clock.utc_now(),
        rows=rows,
        announcements=list_published(session, most=NEWEST),
        scale=scale_of(rows),
        own_team_id=account.team.id if account and account.team else None,
        base_url=base_url(),
    )

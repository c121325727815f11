"""The leaderboard's page, and what of it is made once for all who look."""

from __future__ import annotations

import flask
from flask import render_template, request

from scorer.server import current
from scorer.server.accounts.visits import visitor
from scorer.server.leaderboard.filters import Filters
from scorer.server.leaderboard.interval_plot import scale_of
from scorer.server.leaderboard.kept_answers import PRIVATE, KeptAnswer, keep
from scorer.server.leaderboard.service import read_board
from scorer.server.leaderboard.versions import find_version
from scorer.server.stages.service import find_visible_stage, list_visible_stages


def is_anybody() -> bool:
    """Whether nothing in this request tells who asks: no log-in, no message that waits, nothing in the session."""
    return not request.cookies or (not flask.session and visitor() is None)


def own_team_id() -> int | None:
    """The team of who looks, if there is one."""
    account = visitor()
    return account.team.id if account is not None and account.team is not None else None


def kept_page(stage_name: str | None) -> KeptAnswer:
    """The page without filters, as everybody sees it who is not logged in.

    Raises:
        NotFound: no such stage, or its scores are sealed.
    """
    server = current.server()
    versions = server.versions.read()
    # Links begin with where the application is mounted, which a request may say.
    key = ("page", request.script_root, versions, find_version(versions, stage_name))
    return server.boards.answers.get(key, lambda: keep(render_page(stage_name, Filters()), "text/html", PRIVATE))


def render_page(stage_name: str | None, filters: Filters) -> str:
    """The page for who looks at it.

    Raises:
        NotFound: no such stage, or its scores are sealed.
    """
    session, server = current.session(), current.server()
    stage = find_visible_stage(session, stage_name)
    rows = read_board(session, server.challenge, stage, boards=server.boards)
    scale = scale_of(rows)
    own = own_team_id()
    line = flask.get_template_attribute("board.html", "line")
    return render_template(
        "leaderboard.html",
        stage=stage,
        stages=list_visible_stages(session),
        rows=filters.apply(rows, own, stage.ranks_by),
        teams=sum(not row.is_baseline for row in rows),
        scale=scale,
        drawn=server.boards.lines.get(stage.id, rows, scale, lambda row, scale: line(row, False, scale)),
        filters=filters,
        own_team_id=own,
    )

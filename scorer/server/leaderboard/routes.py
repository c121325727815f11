"""Pages: the leaderboard, as a table and as a file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.visits import visitor
from scorer.server.leaderboard.interval_plot import scale_of
from scorer.server.leaderboard.service import read_board
from scorer.server.leaderboard.table_files import to_csv
from scorer.server.stages.service import find_visible_stage, list_visible_stages

blueprint = Blueprint("leaderboard", __name__, template_folder="templates")


@blueprint.get("/leaderboard")
def table() -> ResponseReturnValue:
    """The leaderboard of a stage, by default the first."""
    session = current.session()
    stage = find_visible_stage(session, request.args.get("stage"))
    account = visitor()
    rows = read_board(session, current.server().challenge, stage)
    return render_template(
        "leaderboard.html",
        stage=stage,
        stages=list_visible_stages(session),
        rows=rows,
        scale=scale_of(rows),
        own_team_id=account.team.id if account and account.team else None,
    )


@blueprint.get("/leaderboard.csv")
def csv_file() -> ResponseReturnValue:
    """The same as CSV."""
    session = current.session()
    stage = find_visible_stage(session, request.args.get("stage"))
    response = Response(to_csv(read_board(session, current.server().challenge, stage)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"leaderboard-{stage.name}.csv")
    return response

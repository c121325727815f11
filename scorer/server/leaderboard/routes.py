"""Pages: the leaderboard, as a table and as a file; and the choice of what counts in it."""

from __future__ import annotations

import flask
from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.visits import member, members_only, visitor
from scorer.server.leaderboard import choices
from scorer.server.leaderboard.filters import read_filters
from scorer.server.leaderboard.interval_plot import scale_of
from scorer.server.leaderboard.service import Row, read_board
from scorer.server.leaderboard.table_files import to_csv
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_visible_stage, list_visible_stages
from scorer.server.submissions.service import find_submission

blueprint = Blueprint("leaderboard", __name__, template_folder="templates")


@blueprint.get("/leaderboard")
def table() -> ResponseReturnValue:
    """The leaderboard of a stage, by default the first."""
    session = current.session()
    stage, rows = _read()
    filters, own_team_id = read_filters(request.args), _own_team_id()
    return render_template(
        "leaderboard.html",
        stage=stage,
        stages=list_visible_stages(session),
        rows=filters.apply(rows, own_team_id, stage.ranks_by),
        teams=sum(not row.is_baseline for row in rows),
        scale=scale_of(rows),
        filters=filters,
        own_team_id=own_team_id,
    )


@blueprint.get("/leaderboard.csv")
def csv_file() -> ResponseReturnValue:
    """The same as CSV. Who has it already is not sent it again."""
    stage, rows = _read()
    response = Response(
        to_csv(read_filters(request.args).apply(rows, _own_team_id(), stage.ranks_by)), mimetype="text/csv"
    )
    response.headers.set("Content-Disposition", "attachment", filename=f"leaderboard-{stage.name}.csv")
    # The tag is the content's: a name or a team in it changes without a new score.
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Cookie")
    return response.make_conditional(request)


@blueprint.post("/submissions/<row_id:submission_id>/choose")
@members_only
def choose(submission_id: int) -> ResponseReturnValue:
    """Let a submission count instead of the team's best."""
    choices.choose(current.session(), member(), submission_id)
    flask.flash(f"Submission {submission_id} counts now.")
    return flask.redirect(url_for("submissions.show", submission_id=submission_id), 303)


@blueprint.post("/submissions/<row_id:submission_id>/unchoose")
@members_only
def unchoose(submission_id: int) -> ResponseReturnValue:
    """Let the team's best submission count again."""
    session = current.session()
    choices.unchoose(session, member(), find_submission(session, member(), submission_id).stage)
    flask.flash("Your team’s best submission counts again.")
    return flask.redirect(url_for("submissions.show", submission_id=submission_id), 303)


def _read() -> tuple[Stage, list[Row]]:
    session, server = current.session(), current.server()
    stage = find_visible_stage(session, request.args.get("stage"))
    return stage, read_board(session, server.challenge, stage, cache=server.board_cache)


def _own_team_id() -> int | None:
    account = visitor()
    return account.team.id if account is not None and account.team is not None else None

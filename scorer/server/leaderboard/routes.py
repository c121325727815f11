"""Pages: the leaderboard, as a table and as a file; and the choice of what counts in it."""

from __future__ import annotations

import flask
from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header

from scorer.server import current
from scorer.server.accounts.visits import member, members_only
from scorer.server.leaderboard import choices
from scorer.server.leaderboard.filters import read_filters
from scorer.server.leaderboard.kept_answers import PRIVATE, KeptAnswer, keep, send
from scorer.server.leaderboard.page import is_anybody, kept_page, own_team_id, render_page
from scorer.server.leaderboard.service import read_board
from scorer.server.leaderboard.table_files import to_csv
from scorer.server.leaderboard.versions import find_version
from scorer.server.stages.service import find_visible_stage
from scorer.server.submissions.service import find_submission

blueprint = Blueprint("leaderboard", __name__, template_folder="templates")


@blueprint.get("/leaderboard")
def table() -> ResponseReturnValue:
    """The leaderboard of a stage, by default the first."""
    if is_anybody() and not request.query_string:  # as most views are
        return send(kept_page(None))
    stage_name, filters = request.args.get("stage"), read_filters(request.args)
    if is_anybody() and not filters.are_set:
        return send(kept_page(stage_name))
    return render_page(stage_name, filters)


@blueprint.get("/leaderboard.csv")
def csv_file() -> ResponseReturnValue:
    """The same as CSV. Who has it already is not sent it again."""
    server = current.server()
    version = find_version(server.versions.read(), request.args.get("stage"))
    filters = read_filters(request.args)

    def make() -> KeptAnswer:
        session = current.session()
        stage = find_visible_stage(session, version.name)
        rows = read_board(session, server.challenge, stage, boards=server.boards)
        text = to_csv(filters.apply(rows, own_team_id() if filters.mine else None, stage.ranks_by))
        file_name = dump_options_header("attachment", {"filename": f"leaderboard-{stage.name}.csv"})
        return keep(text, "text/csv", PRIVATE, Content_Disposition=file_name)

    return send(make() if filters.are_set else server.boards.answers.get(("csv", version), make))


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

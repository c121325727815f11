"""Pages: upload, my submissions, one submission."""

from __future__ import annotations

import flask
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.metrics import ScoreReport
from scorer.server import current
from scorer.server.accounts.visits import member, members_only
from scorer.server.leaderboard.service import rank_of, read_board
from scorer.server.refusals import Refusal
from scorer.server.row_ids import row_id_argument
from scorer.server.stages.service import find_stage, open_now
from scorer.server.submissions import service
from scorer.server.submissions.forms import UploadForm
from scorer.server.submissions.models import Submission

blueprint = Blueprint("submissions", __name__, template_folder="templates")

PAGE_LENGTH = 50


@blueprint.get("/submit")
@members_only
def submit() -> ResponseReturnValue:
    """The upload form."""
    return upload_page(UploadForm(formdata=None))


@blueprint.post("/submit")
@members_only
def upload() -> ResponseReturnValue:
    """Receive a zip, judge it, and show what came of it."""
    form = UploadForm()
    server, session = current.server(), current.session()
    if form.validate_on_submit():
        try:
            received = service.receive(
                session,
                server.storage,
                server.challenge,
                account=member(),
                stage=find_stage(session, form.stage.data or ""),
                source=form.file.data.stream,
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return upload_page(form, refusal.status)
        submission_id = received.id
        server.judge.judge(session, submission_id)
        return flask.redirect(url_for("submissions.show", submission_id=submission_id), 303)
    return upload_page(form, 422)


def upload_page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    """The upload form with what is left of each open stage."""
    server, session = current.server(), current.session()
    stages = open_now(session)
    form.offer(stages)
    quotas = [
        (stage, service.quota_now(session, server.challenge, account=member(), stage=stage) if member().team else None)
        for stage in stages
    ]
    return render_template("submit.html", form=form, quotas=quotas, team=member().team), status


@blueprint.get("/submissions")
@members_only
def index() -> ResponseReturnValue:
    """The team's submissions, newest first."""
    if member().team is None:
        return render_template("submissions.html", submissions=None, older_than=None)
    before = row_id_argument("before")
    found = service.list_submissions(current.session(), member(), before=before, most=PAGE_LENGTH + 1)
    shown = found[:PAGE_LENGTH]
    return render_template(
        "submissions.html",
        submissions=[(submission, service.visible_score(submission)) for submission in shown],
        older_than=shown[-1].id if len(found) > PAGE_LENGTH else None,
    )


@blueprint.get("/submissions/<row_id:submission_id>")
@members_only
def show(submission_id: int) -> ResponseReturnValue:
    """One submission: why it was refused, or its score report."""
    submission = service.find_submission(current.session(), member(), submission_id)
    score = service.visible_score(submission)
    return render_template(
        "submission.html",
        submission=submission,
        score=score,
        report=ScoreReport.from_dict(score.report) if score is not None else None,
        rank=_rank(submission) if score is not None else None,
    )


def _rank(submission: Submission) -> int | None:
    board = read_board(current.session(), current.server().challenge, submission.stage)
    return rank_of(board, submission.team_id)

"""Pages: upload, my submissions, one submission."""

from __future__ import annotations

import flask
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.score_report import ScoreReport
from scorer.server import clock, current
from scorer.server.accounts.front_desk import check_rate
from scorer.server.accounts.visits import member, members_only
from scorer.server.leaderboard.history import read_own_histories
from scorer.server.leaderboard.history_plot import history_scale_of
from scorer.server.leaderboard.marks import read_marks
from scorer.server.leaderboard.service import find_rank
from scorer.server.rate_limits.rules import UPLOAD_OF_ACCOUNT
from scorer.server.refusals import Refusal
from scorer.server.row_ids import row_id_argument
from scorer.server.stages.admission import open_to
from scorer.server.stages.service import find_stage, open_now
from scorer.server.storage import too_large
from scorer.server.submissions import service
from scorer.server.submissions.forms import UploadForm
from scorer.server.submissions.strip_plot import strip_plot

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
            check_rate(UPLOAD_OF_ACCOUNT, str(member().id))
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
        server.jobs.judge(received.id)
        return flask.redirect(url_for("submissions.show", submission_id=received.id), 303)
    return upload_page(form, 422)


def upload_page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    """The upload form with what is left of each open stage."""
    server, session = current.server(), current.session()
    team = member().team
    stages = open_to(session, team) if team else open_now(session)
    form.offer(stages)
    quotas = [
        (stage, service.quota_now(session, server.challenge, account=member(), stage=stage) if team else None)
        for stage in stages
    ]
    words = too_large(server.challenge.submission.max_zip_bytes).message
    return render_template("submit.html", form=form, quotas=quotas, team=team, too_large=words), status


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
        marks=read_marks(current.session(), member()),
        histories=[
            (stage, history, history_scale_of([history]))
            for stage, history in read_own_histories(current.session(), member())
        ],
        older_than=shown[-1].id if len(found) > PAGE_LENGTH else None,
    )


@blueprint.get("/submissions/<row_id:submission_id>")
@members_only
def show(submission_id: int) -> ResponseReturnValue:
    """One submission: why it was refused, or its score report."""
    submission = service.find_submission(current.session(), member(), submission_id)
    score = service.visible_score(submission)
    report = ScoreReport.from_dict(score.report) if score is not None and score.report is not None else None
    return render_template(
        "submission.html",
        submission=submission,
        score=score,
        report=report,
        recordings=strip_plot(one.score for one in report.recordings) if report is not None else None,
        shows=current.server().challenge.stage(submission.stage.name).shows,
        sealed=not submission.stage.shows_scores(clock.utc_now()),
        rank=find_rank(current.session(), submission.stage, submission.team_id),
        marks=read_marks(current.session(), member()),
    )


@blueprint.get("/submissions/<row_id:submission_id>/state")
@members_only
def state(submission_id: int) -> ResponseReturnValue:
    """Whether a submission is judged, for the script that waits for its verdict."""
    return {"state": service.find_submission(current.session(), member(), submission_id).state.value}

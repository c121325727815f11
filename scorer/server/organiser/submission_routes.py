"""Pages: all teams' submissions, one of them with its log; and the button that has it judged again."""

from __future__ import annotations

import flask
from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scorer.server import clock, current
from scorer.server.accounts.forms import EmptyForm
from scorer.server.accounts.visits import member, organisers_only
from scorer.server.organiser.judging_again import judge_again
from scorer.server.organiser.submission_list import find_any_submission, list_submissions
from scorer.server.refusals import Refusal
from scorer.server.row_ids import row_id_argument
from scorer.server.stages.service import find_stage, list_stages
from scorer.server.submissions.models import State
from scorer.server.submissions.service import visible_score

blueprint = Blueprint("submissions", __name__, url_prefix="/submissions")

PAGE_LENGTH = 50


@blueprint.get("")
@organisers_only
def index() -> ResponseReturnValue:
    """The submissions, newest first; with `?state=`, `?stage=` and `?team=` some of them."""
    session = current.session()
    asked = {name: value for name, value in request.args.items() if name in ("state", "stage", "team") and value}
    found = list_submissions(
        session,
        state=_state(asked["state"]) if "state" in asked else None,
        stage=find_stage(session, asked["stage"]) if "stage" in asked else None,
        team_id=row_id_argument("team") if "team" in asked else None,
        before=row_id_argument("before"),
        most=PAGE_LENGTH + 1,
    )
    shown = found[:PAGE_LENGTH]
    return render_template(
        "organiser/submissions.html",
        submissions=[(submission, visible_score(submission)) for submission in shown],
        asked=asked,
        states=list(State),
        stages=list_stages(session),
        older_than=shown[-1].id if len(found) > PAGE_LENGTH else None,
    )


@blueprint.get("/<row_id:submission_id>")
@organisers_only
def show(submission_id: int) -> ResponseReturnValue:
    """One submission: its verdict, its log, and its score where the stage's scores are released."""
    submission = find_any_submission(current.session(), submission_id)
    return render_template(
        "organiser/submission.html",
        submission=submission,
        score=visible_score(submission),
        now=clock.utc_now(),
        empty_form=EmptyForm(formdata=None),
    )


@blueprint.post("/<row_id:submission_id>/judge-again")
@organisers_only
def judge(submission_id: int) -> ResponseReturnValue:
    """Have it judged again."""
    judge_again(current.session(), submission_id, account=member())
    current.server().jobs.judge(submission_id)
    flash(f"Submission {submission_id} waits to be judged again.")
    return flask.redirect(url_for("organiser.submissions.show", submission_id=submission_id), 303)


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError as error:
        raise Refusal(f"Expected a state of {[*map(str, State)]}, found {text[:40]!r}.", field="state") from error

"""Addresses of submissions. Each translates: the rules are the services'."""

from __future__ import annotations

from http import HTTPStatus

from flask import request, url_for

from scorer.server import current
from scorer.server.accounts.front_desk import check_rate
from scorer.server.accounts.models import Account, Scope
from scorer.server.api import answers
from scorer.server.api.blueprint import blueprint
from scorer.server.api.inputs import OlderThan, StagePath, SubmissionPath, check_is_zip
from scorer.server.api.operations import operation
from scorer.server.api.representations import describe_submission
from scorer.server.leaderboard import choices
from scorer.server.leaderboard.marks import read_marks, read_marks_of_team
from scorer.server.leaderboard.service import find_rank
from scorer.server.rate_limits.rules import UPLOAD_OF_ACCOUNT
from scorer.server.stages.service import find_stage
from scorer.server.submissions import service
from scorer.server.submissions.models import State, Submission

PAGE_LENGTH = 50


@blueprint.post("/stages/<stage_name>/submissions")
@operation(
    answers.Submission,
    HTTPStatus.CREATED,
    words="It is received, and judged already.",
    needs=Scope.SUBMIT,
    path=StagePath,
    others={HTTPStatus.ACCEPTED: "It is received and kept. Ask at `Location` until its state is another one."},
    headers={"Location": "Where the submission is."},
    refuses=[
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    ],
)
def submit(account: Account, stage_name: str) -> tuple[answers.Submission, HTTPStatus, dict[str, str]]:
    """Upload a zip as the request's body.

    From its answer on the submission is kept, whatever happens to the server.
    """
    session, server = current.session(), current.server()
    check_is_zip()
    stage = find_stage(session, stage_name)
    check_rate(UPLOAD_OF_ACCOUNT, str(account.id))
    received = service.receive(
        session,
        server.storage,
        server.challenge,
        account=account,
        stage=stage,
        source=request.stream,
        announced_bytes=request.content_length,
    )
    server.jobs.judge(received.id)
    if server.settings.jobs_at_once:
        session.refresh(received)  # it is judged by now, in another session
    status = HTTPStatus.ACCEPTED if received.state is State.RECEIVED else HTTPStatus.CREATED
    return _describe(received), status, {"Location": url_for("api.submission", submission_id=received.id)}


@blueprint.get("/submissions")
@operation(answers.Submissions, words="At most 50.", needs=Scope.READ, query=OlderThan)
def list_submissions(account: Account, query: OlderThan) -> answers.Submissions:
    """The team's submissions, newest first."""
    session, challenge = current.session(), current.server().challenge
    found = service.list_submissions(session, account, before=query.before, most=PAGE_LENGTH + 1)
    shown, marks = found[:PAGE_LENGTH], read_marks(session, account)
    return answers.Submissions(
        submissions=[describe_submission(challenge, submission, marks) for submission in shown],
        next_before=shown[-1].id if len(found) > PAGE_LENGTH else None,
    )


@blueprint.get("/submissions/<row_id:submission_id>")
@operation(answers.Submission, words="The submission.", needs=Scope.READ, path=SubmissionPath)
def submission(account: Account, submission_id: int) -> answers.Submission:
    """One submission of the team, with its verdict once it has one."""
    return _describe(service.find_submission(current.session(), account, submission_id))


@blueprint.post("/submissions/<row_id:submission_id>/choice")
@operation(
    answers.Submission,
    words="It counts now.",
    needs=Scope.SUBMIT,
    path=SubmissionPath,
    refuses=[HTTPStatus.UNPROCESSABLE_ENTITY],
)
def choose(account: Account, submission_id: int) -> answers.Submission:
    """Let a submission count in its stage, instead of the team's best."""
    choices.choose(current.session(), account, submission_id)
    return _describe(service.find_submission(current.session(), account, submission_id))


@blueprint.delete("/submissions/<row_id:submission_id>/choice")
@operation(answers.Submission, words="It is not chosen now.", needs=Scope.SUBMIT, path=SubmissionPath)
def unchoose(account: Account, submission_id: int) -> answers.Submission:
    """Let the team's best submission count again. Where this one was not chosen, nothing changes."""
    session = current.session()
    found = service.find_submission(session, account, submission_id)
    if submission_id in read_marks(session, account).chosen:
        choices.unchoose(session, account, found.stage)
    return _describe(found)


def _describe(submission: Submission) -> answers.Submission:
    """For its team: whoever calls has looked whose it is."""
    session = current.session()
    is_scored = submission.state is State.SCORED  # else no rank is told, so none is looked for
    return describe_submission(
        current.server().challenge,
        submission,
        read_marks_of_team(session, submission.team_id),
        rank=find_rank(session, submission.stage, submission.team_id) if is_scored else None,
    )

"""The API's addresses. Each translates: the rules are the services'."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.api.authentication import token_account
from scorer.server.api.bodies import NewAccount, NewTeam, NewToken, read_body
from scorer.server.api.representations import describe_board, describe_submission
from scorer.server.leaderboard.service import rank_of, read_board
from scorer.server.refusals import NotFound, WrongType
from scorer.server.row_ids import row_id_argument
from scorer.server.stages.service import find_stage, find_visible_stage
from scorer.server.submissions import service as submissions
from scorer.server.submissions.models import State, Submission

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

ZIP_TYPES = {"application/zip", "application/octet-stream"}


@blueprint.post("/accounts")
def register() -> ResponseReturnValue:
    """Create an account."""
    body = read_body(NewAccount)
    account = accounts.register(current.session(), current.server().passwords, **body.model_dump())
    return jsonify(email=account.email, display_name=account.display_name), HTTPStatus.CREATED


@blueprint.post("/tokens")
def create_token() -> ResponseReturnValue:
    """Create a token with the account's password; this is the only time it is seen."""
    body = read_body(NewToken)
    session = current.session()
    account = accounts.authenticate(session, current.server().passwords, email=body.email, password=body.password)
    token = accounts.create_token(session, account, name=body.name)
    return jsonify(name=body.name, token=token), HTTPStatus.CREATED


@blueprint.post("/team")
def create_team() -> ResponseReturnValue:
    """Create the account's team."""
    account = token_account()
    team = teams.create_team(current.session(), account, name=read_body(NewTeam).name)
    return jsonify(name=team.name), HTTPStatus.CREATED


@blueprint.get("/team")
def team() -> ResponseReturnValue:
    """The account's team."""
    found = token_account().team
    if found is None:
        raise NotFound("You are in no team.")
    members = [membership.account.display_name for membership in found.memberships]
    return jsonify(name=found.name, members=members)


@blueprint.post("/stages/<stage_name>/submissions")
def submit(stage_name: str) -> ResponseReturnValue:
    """Upload a zip as the request's body; the answer has the verdict."""
    session, server = current.session(), current.server()
    account = token_account()
    if request.mimetype not in ZIP_TYPES:
        raise WrongType(f"Expected a body of the type application/zip, found {request.mimetype or 'none'!r}.")
    received = submissions.receive(
        session,
        server.storage,
        server.challenge,
        account=account,
        stage=find_stage(session, stage_name),
        source=request.stream,
        announced_bytes=request.content_length,
    )
    submission_id = received.id
    server.judge.judge(session, submission_id)
    submission = submissions.find_submission(session, account, submission_id)
    location = url_for("api.submission", submission_id=submission_id)
    return jsonify(_describe(submission)), HTTPStatus.CREATED, {"Location": location}


@blueprint.get("/submissions")
def list_submissions() -> ResponseReturnValue:
    """The team's submissions, newest first; older ones with `?before=ID`."""
    found = submissions.list_submissions(current.session(), token_account(), before=row_id_argument("before"))
    return jsonify(submissions=[describe_submission(submission, None) for submission in found])


@blueprint.get("/submissions/<row_id:submission_id>")
def submission(submission_id: int) -> ResponseReturnValue:
    """One submission of the team."""
    return jsonify(_describe(submissions.find_submission(current.session(), token_account(), submission_id)))


@blueprint.get("/leaderboard")
def leaderboard() -> ResponseReturnValue:
    """The leaderboard of a stage, by default the first."""
    stage = find_visible_stage(current.session(), request.args.get("stage"))
    return jsonify(describe_board(stage, read_board(current.session(), current.server().challenge, stage)))


def _describe(submission: Submission) -> dict[str, object]:
    rank = None
    if submission.state is State.SCORED:
        board = read_board(current.session(), current.server().challenge, submission.stage)
        rank = rank_of(board, submission.team_id)
    return describe_submission(submission, rank)

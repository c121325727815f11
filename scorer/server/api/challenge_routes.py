"""Addresses of what everybody may know: the challenge, its stages, the leaderboards, announcements."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from scorer.server import clock, current
from scorer.server.announcements.service import list_published
from scorer.server.api import answers
from scorer.server.api.blueprint import blueprint
from scorer.server.api.inputs import OfStage, OlderThan
from scorer.server.api.operations import operation
from scorer.server.api.representations import (
    describe_announcement,
    describe_board,
    describe_challenge,
    describe_stages,
)
from scorer.server.leaderboard.kept_answers import PUBLIC, KeptAnswer, keep, send
from scorer.server.leaderboard.service import read_board
from scorer.server.leaderboard.versions import find_version
from scorer.server.stages.service import find_visible_stage, list_stages

PAGE_LENGTH = 50


@blueprint.get("/challenge")
@operation(answers.Challenge, words="The challenge.")
def challenge() -> answers.Challenge:
    """What is predicted, what a zip may be, and the stages."""
    return describe_challenge(current.server().challenge, list_stages(current.session()), clock.utc_now())


@blueprint.get("/stages")
@operation(answers.Stages, words="The stages.")
def stages() -> answers.Stages:
    """The stages, in their order."""
    return answers.Stages(stages=describe_stages(list_stages(current.session()), clock.utc_now()))


@blueprint.get("/leaderboard")
@operation(
    answers.Leaderboard,
    words="The leaderboard.",
    query=OfStage,
    others={HTTPStatus.NOT_MODIFIED: "It is the one whose `ETag` was sent as `If-None-Match`."},
    headers={"ETag": "Another one as soon as the leaderboard changes."},
    refuses=[HTTPStatus.NOT_FOUND],
)
def leaderboard(query: OfStage) -> Response:
    """The leaderboard of a stage."""
    server = current.server()
    version = find_version(server.versions.read(), query.stage)

    def make() -> KeptAnswer:
        session = current.session()
        stage = find_visible_stage(session, version.name)
        board = describe_board(stage, read_board(session, server.challenge, stage, boards=server.boards))
        return keep(board.model_dump_json(), "application/json", PUBLIC)

    return send(server.boards.answers.get(("json", version), make))


@blueprint.get("/announcements")
@operation(answers.Announcements, words="At most 50.", query=OlderThan)
def announcements(query: OlderThan) -> answers.Announcements:
    """What the organisers told everybody, newest first."""
    found = list_published(current.session(), before=query.before, most=PAGE_LENGTH + 1)
    shown = found[:PAGE_LENGTH]
    return answers.Announcements(
        announcements=[describe_announcement(announcement) for announcement in shown],
        next_before=shown[-1].id if len(found) > PAGE_LENGTH else None,
    )

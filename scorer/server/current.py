"""What the application of this request holds. Only routes and what serves them look here; services are handed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session, scoped_session

from data_spec.challenge import Challenge
from scorer.server.accounts.passwords import Passwords
from scorer.server.config import Settings
from scorer.server.jobs.celery_app import Jobs
from scorer.server.leaderboard.boards import Boards
from scorer.server.leaderboard.versions import VersionReader
from scorer.server.storage import Storage
from scorer.server.submissions.judging import Judge
from scorer.server.verification.verifier import Verifier

_NAME = "kit"


@dataclass(frozen=True)
class Server:
    """All that lives as long as the application."""

    challenge: Challenge
    engine: Engine
    sessions: scoped_session[Session]
    passwords: Passwords
    storage: Storage
    judge: Judge
    verifier: Verifier
    settings: Settings
    jobs: Jobs
    versions: VersionReader
    boards: Boards


def attach(app: Flask, server: Server) -> None:
    """Give the application what it holds."""
    app.extensions[_NAME] = server


def server_of(app: Flask) -> Server:
    """What an application holds."""
    return cast(Server, app.extensions[_NAME])


def server() -> Server:
    """What this request's application holds."""
    return server_of(current_app)


def session() -> Session:
    """The database session of the request."""
    return server().sessions()

"""Fixtures of the API's tests: programs of other people, and a server that sends mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.app import create_app
from scorer.server.config import Settings
from scorer.server.current import server_of
from scorer.server.jobs.celery_app import Jobs


@pytest.fixture
def eve_token(session: Session, new_account: Callable[[str], Account]) -> dict[str, str]:
    """The header of Eve's program, who is in another team."""
    account = new_account("Eve")
    teams.create_team(session, account, name="Eavesdroppers")
    return {"Authorization": f"Bearer {accounts.create_token(session, account, name='laptop')}"}


@pytest.fixture
def loner_token(session: Session, new_account: Callable[[str], Account]) -> dict[str, str]:
    """The header of a program whose owner is in no team."""
    account = new_account("Loner")
    return {"Authorization": f"Bearer {accounts.create_token(session, account, name='laptop')}"}


@pytest.fixture
def confirming(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A server whose accounts need a confirmed address; its mails stay in the database."""
    monkeypatch.setattr(Jobs, "send_mails", lambda _: None)
    mailing = {"mail_url": "smtp://127.0.0.1:1", "mail_from": "kit@example.org", "public_url": "https://kit.example"}
    application = create_app(replace(settings, **mailing))
    yield application
    server_of(application).sessions.remove()
    server_of(application).engine.dispose()

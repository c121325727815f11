"""Fixtures of the accounts' tests: a mail server, and the entrance without a request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts import invitations
from scorer.server.accounts.entrance import Entrance
from scorer.server.accounts.letters import Letters
from scorer.server.accounts.models import Account
from scorer.server.accounts.passwords import Passwords
from scorer.server.accounts.signed_links import SignedLinks
from scorer.server.config import Settings
from scorer.server.db import open_engine
from scorer.server.refusals import Refusal
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import State, Submission
from tests.scorer.server import mail_server

BASE_URL = "https://challenge.example.org"


@pytest.fixture
def mailboxes() -> Iterator[mail_server.Mailboxes]:
    """An SMTP server."""
    with mail_server.serve() as server:
        yield server


@pytest.fixture
def mailing_settings(settings: Settings, mailboxes: mail_server.Mailboxes) -> Settings:
    """Settings with which addresses must be confirmed; mails leave at once."""
    return replace(settings, mail_url=mailboxes.url, mail_from="kit@example.org", public_url=BASE_URL)


@pytest.fixture
def links(settings: Settings) -> SignedLinks:
    """The server's links."""
    return SignedLinks(settings.secret_key, BASE_URL)


class CountedPasswords:
    """Passwords that count the work."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self.hashed = self.verified = 0

    def hash(self, password: str) -> str:
        hashed = self._passwords.hash(password)
        self.hashed += 1
        return hashed

    def verify(self, stored: str | None, password: str) -> bool:
        self.verified += 1
        return self._passwords.verify(stored, password)

    @property
    def work(self) -> tuple[int, int]:
        return self.hashed, self.verified


@pytest.fixture
def counted(passwords: Passwords) -> CountedPasswords:
    """Passwords that count the work."""
    return CountedPasswords(passwords)


@pytest.fixture
def new_entrance(counted: Any, links: SignedLinks) -> Callable[..., Entrance]:
    """Makes an entrance as somebody at a network address finds it."""

    def make(*, confirmed: bool = True, network: str = "192.0.2.1") -> Entrance:
        letters = Letters("Challenge", links)
        return Entrance(counted, letters, needs_confirmed_email=confirmed, network=network, send_mails=lambda: None)

    return make


@pytest.fixture
def new_member(session: Session, new_account: Callable[[str], Account]) -> Callable[[str, Account], Account]:
    """Makes an account by its name, and lets it join a captain's team."""

    def make(name: str, captain: Account) -> Account:
        account = new_account(name)
        invitations.join(session, account, invitations.invite(session, captain, most_members=9), most_members=9)
        return account

    return make


@pytest.fixture
def sends(session: Session) -> Callable[..., Submission]:
    """Writes a submission of an account's team."""

    def write(account: Account, stage: str = "public", state: State = State.RECEIVED) -> Submission:
        assert account.team is not None
        submission = Submission(
            team_id=account.team.id,
            account_id=account.id,
            stage_id=find_stage(session, stage).id,
            sha256="0" * 64,
            size=1,
            received_at=clock.utc_now(),
            state=state,
        )
        session.add(submission)
        session.commit()
        return submission

    return write


@pytest.fixture
def at_once(settings: Settings) -> Callable[..., list[str]]:
    """Does several things at the same moment, each with a database session of its own; says what came of them."""

    def do(*actions: Callable[[Session], object]) -> list[str]:
        barrier, outcomes = threading.Barrier(len(actions)), []

        def act(action: Callable[[Session], object]) -> None:
            engine = open_engine(settings.database_url)
            try:
                with Session(engine, expire_on_commit=False) as own:
                    barrier.wait(30)
                    action(own)
                outcomes.append("done")
            except Refusal as refusal:
                outcomes.append(type(refusal).__name__)
            finally:
                engine.dispose()

        threads = [threading.Thread(target=act, args=(action,)) for action in actions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sorted(outcomes)

    return do

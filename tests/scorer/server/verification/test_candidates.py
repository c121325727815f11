"""The teams whose code is to be believed."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from data_spec.challenge import Challenge
from scorer.server.accounts.models import Account
from scorer.server.verification import service
from scorer.server.verification.models import Bundle


def test_candidates_are_who_is_admitted_and_who_has_sent_code(
    session: Session,
    challenge: Challenge,
    candidate: Bundle,
    other_team: Callable[[str], Account],
    new_account: Callable[[str], Account],
    send: Callable[..., Bundle],
    bundle_code: ModuleType,
) -> None:
    eve = other_team("Eve")
    trial = send(eve, bundle_code.bundle_zip()).verifications[0]
    bob = other_team("Bob")
    new_account("Nobody")
    asked = service.ask(session, candidate.team, account=None)
    found = service.list_candidates(session, challenge)
    assert [one.team for one in found] == [candidate.team, eve.team, bob.team]
    first, second, third = found
    assert (first.bundle, first.verification, first.trial) == (candidate, asked, None)
    assert first.why_not is not None
    assert "under way" in first.why_not
    assert (second.bundle, second.verification, second.trial) == (None, None, trial)
    assert second.why_not == "Expected a team with an accepted bundle, found one without."
    assert (third.bundle, third.trial) == (None, None)


def test_a_team_that_may_be_verified_is_a_candidate_without_a_reason_why_not(
    session: Session, challenge: Challenge, candidate: Bundle
) -> None:
    assert [one.why_not for one in service.list_candidates(session, challenge)] == [None]


def test_many_teams_take_no_more_queries_than_one(
    session: Session, challenge: Challenge, candidate: Bundle, other_team: Callable[[str], Account]
) -> None:
    def count_queries() -> int:
        session.rollback()
        session.expunge_all()
        statements: list[str] = []

        @event.listens_for(session, "do_orm_execute")
        def note(execution: ORMExecuteState) -> None:
            statements.append(str(execution.statement))

        service.list_candidates(session, challenge)
        event.remove(session, "do_orm_execute", note)
        return len(statements)

    of_one = count_queries()
    for name in ("Eve", "Bob", "Una"):
        other_team(name)
    assert count_queries() == of_one

"""The rules for verifications: who is verified, once at a time, and what a mismatch proposes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.audit import service as audit
from scorer.server.organiser.disqualification import disqualify, reinstate
from scorer.server.refusals import Conflict, NotFound
from scorer.server.submissions.models import Submission
from scorer.server.verification import service
from scorer.server.verification.keeper import OpenSession
from scorer.server.verification.models import Bundle, BundleState, Kind, Progress, Verification

Again = Callable[[Verification], Verification]


def end(session: Session, verification: Verification, progress: Progress) -> Verification:
    """As if it had been run."""
    verification.progress, verification.ended_at = progress, clock.utc_now()
    session.commit()
    return verification


def test_to_ask_queues_a_verification_of_the_newest_accepted_bundle_and_is_logged(
    session: Session, grace: Account, candidate: Bundle
) -> None:
    asked = service.ask(session, candidate.team, account=grace)
    assert (asked.bundle, asked.kind, asked.progress) == (candidate, Kind.FULL, Progress.QUEUED)
    assert asked.asked_by is grace
    entry = audit.list_entries(session)[0]
    assert (entry.account, entry.action, entry.subject) == (grace, "verification.ask", f"verification {asked.id}")
    assert entry.details == {"team": candidate.team_id, "bundle": candidate.id}
    assert service.find_verification(session, asked.id) is asked
    with pytest.raises(NotFound):
        service.find_verification(session, 999)


def test_a_team_is_verified_once_at_a_time(session: Session, candidate: Bundle) -> None:
    first = service.ask(session, candidate.team, account=None)
    with pytest.raises(Conflict, match="whose verification is under way"):
        service.ask(session, candidate.team, account=None)
    end(session, first, Progress.MATCHED)
    assert service.ask(session, candidate.team, account=None).id != first.id


def test_of_many_who_ask_at_once_one_is_heard(session: Session, open_session: OpenSession, candidate: Bundle) -> None:
    barrier, refused = threading.Barrier(4), []
    session.rollback()

    def ask() -> None:
        with open_session() as own:
            team = own.get_one(Bundle, candidate.id).team
            own.rollback()
            barrier.wait(20)
            try:
                service.ask(own, team, account=None)
            except Conflict as refusal:
                refused.append(refusal)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert len(session.scalars(select(Verification)).all()) == 1


def test_without_an_accepted_bundle_or_a_score_there_is_nothing_to_verify(
    session: Session,
    ada: Account,
    admit: Callable[[Account], None],
    accepted: Callable[..., Bundle],
    score: Callable[..., Submission],
) -> None:
    with pytest.raises(Conflict, match="Expected a team with an accepted bundle"):
        service.ask(session, ada.team, account=None)
    admit(ada)
    bundle = accepted(ada)
    with pytest.raises(Conflict, match="Expected a team with a scored submission"):
        service.ask(session, ada.team, account=None)
    score(ada)
    assert service.ask(session, ada.team, account=None).bundle is bundle


def test_to_ask_for_all_leaves_out_who_is_verified_already_and_who_cannot_be(
    session: Session,
    grace: Account,
    candidate: Bundle,
    other_team: Callable[[str], Account],
    accepted: Callable[..., Bundle],
    score: Callable[..., Submission],
) -> None:
    eve, unscored, out = other_team("Eve"), other_team("Una"), other_team("Otto")
    for account in (eve, out):
        score(account)
    for account in (eve, unscored, out):
        accepted(account)
    disqualify(session, out.team, account=grace, because="left")
    end(session, service.ask(session, candidate.team, account=None), Progress.MISMATCHED)
    asked = service.ask_all(session, account=grace)
    assert [one.bundle.team for one in asked] == [eve.team]
    assert service.ask_all(session, account=grace) == [], "they are under way"
    end(session, asked[0], Progress.STOPPED)
    again = service.ask_all(session, account=grace, again=True)
    assert [one.bundle.team for one in again] == [candidate.team, eve.team]


def test_what_was_stopped_has_not_been_verified(session: Session, candidate: Bundle) -> None:
    end(session, service.ask(session, candidate.team, account=None), Progress.STOPPED)
    assert not service.is_verified(session, candidate.team)
    assert len(service.ask_all(session, account=None)) == 1


def test_a_new_bundle_is_to_be_verified_although_the_one_before_was(
    session: Session, ada: Account, candidate: Bundle, accepted: Callable[..., Bundle]
) -> None:
    end(session, service.ask(session, candidate.team, account=None), Progress.MATCHED)
    assert service.is_verified(session, candidate.team)
    new = accepted(ada, 0.5)
    assert not service.is_verified(session, candidate.team)
    assert [one.bundle for one in service.ask_all(session, account=None)] == [new]


def test_what_nobody_runs_stops_at_once(session: Session, grace: Account, candidate: Bundle, again: Again) -> None:
    waiting = service.ask(session, candidate.team, account=None)
    service.stop(session, waiting, account=grace)
    assert again(waiting).progress is Progress.STOPPED
    assert waiting.ended_at is not None
    entry = audit.list_entries(session)[0]
    assert (entry.account, entry.action, entry.subject) == (grace, "verification.stop", f"verification {waiting.id}")
    with pytest.raises(Conflict, match="found one that has ended"):
        service.stop(session, waiting, account=grace)


@pytest.mark.parametrize(("seconds", "progress"), [(60, Progress.RUNNING), (-1, Progress.STOPPED)])
def test_who_runs_a_verification_is_asked_to_stop_and_who_is_gone_is_not(
    session: Session, grace: Account, candidate: Bundle, again: Again, seconds: int, progress: Progress
) -> None:
    running = service.ask(session, candidate.team, account=None)
    running.progress, running.lease_holder = Progress.RUNNING, "somebody"
    running.leased_until = clock.utc_now() + timedelta(seconds=seconds)
    session.commit()
    service.stop(session, running, account=grace)
    assert again(running).stop_asked
    assert running.progress is progress


def test_the_newest_verdict_proposes_disqualification_where_it_is_a_mismatch(
    session: Session, grace: Account, candidate: Bundle
) -> None:
    team = candidate.team
    first = end(session, service.ask(session, team, account=None), Progress.MISMATCHED)
    assert service.proposes_disqualification(first)
    second = service.ask(session, team, account=None)
    assert service.proposes_disqualification(first), "until there is another verdict"
    end(session, second, Progress.STOPPED)
    assert service.proposes_disqualification(first), "one that was stopped says nothing"
    disqualify(session, team, account=grace, because="its code predicts something else")
    assert not service.proposes_disqualification(first), "somebody has decided"
    reinstate(session, team, account=grace, because="it was the wrong zip")
    third = end(session, service.ask(session, team, account=None), Progress.MATCHED)
    assert not service.proposes_disqualification(first)
    assert not service.proposes_disqualification(third)


def test_a_trial_proposes_nothing(
    session: Session, ada: Account, admit: Callable[[Account], None], send: Callable[..., Bundle]
) -> None:
    admit(ada)
    bundle = send(ada, b"code")
    bundle.state = BundleState.ACCEPTED
    trial = end(session, bundle.verifications[0], Progress.MISMATCHED)
    assert not service.proposes_disqualification(trial)

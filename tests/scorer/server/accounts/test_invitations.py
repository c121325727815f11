from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts import invitations, teams
from scorer.server.accounts.models import Account, Invitation, Membership
from scorer.server.audit import service as audit
from scorer.server.refusals import Conflict, Forbidden, NotFound

AtOnce = Callable[..., list[str]]


def invite(session: Session, captain: Account, most: int = 5) -> str:
    return invitations.invite(session, captain, most_members=most)


def join(session: Session, account: Account, secret: str, most: int = 5) -> None:
    invitations.join(session, account, secret, most_members=most)


def test_who_has_the_link_joins_and_the_link_is_used_up(
    session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    bob, eve = new_account("Bob"), new_account("Eve")
    secret = invite(session, ada)
    join(session, bob, secret)
    assert bob.team.id == ada.team.id
    assert [(one.account.display_name, one.captain) for one in bob.team.memberships] == [("Ada", True), ("Bob", False)]
    with pytest.raises(NotFound, match="was used already"):
        join(session, eve, secret)
    assert [entry.action for entry in audit.list_entries(session, most=2)] == ["team.join", "team.invite"]


def test_the_secret_of_a_link_is_not_kept(session: Session, ada: Account) -> None:
    secret = invite(session, ada)
    assert len(secret) == 43
    assert secret not in repr(vars(session.scalars(select(Invitation)).one()))
    assert secret not in repr([entry.details for entry in audit.list_entries(session)])


def test_a_link_lasts_seven_days(
    session: Session, ada: Account, new_account: Callable[[str], Account], set_clock: Any
) -> None:
    early, late = (invite(session, ada) for _ in range(2))
    bob, eve = new_account("Bob"), new_account("Eve")
    set_clock.forward(days=7, seconds=-1)
    join(session, bob, early)
    set_clock.forward(seconds=1)
    with pytest.raises(NotFound):
        join(session, eve, late)
    assert invitations.list_open(session, ada.team) == []


def test_a_link_that_was_revoked_is_worth_nothing(
    session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    secret = invite(session, ada)
    (invitation,) = invitations.list_open(session, ada.team)
    invitations.revoke(session, ada, invitation.id)
    with pytest.raises(NotFound):
        join(session, new_account("Bob"), secret)
    with pytest.raises(NotFound, match="no such invitation"):
        invitations.revoke(session, ada, invitation.id)
    assert audit.list_entries(session)[0].action == "team.revoke_invitation"


def test_only_the_captain_invites_and_revokes_and_only_for_the_own_team(
    session: Session, ada: Account, new_member: Callable[..., Account], new_account: Callable[[str], Account]
) -> None:
    bob, eve = new_member("Bob", ada), new_account("Eve")
    invite(session, ada)
    invitation_id = invitations.list_open(session, ada.team)[0].id
    teams.create_team(session, eve, name="Eavesdroppers")
    for account in (bob, eve):
        with pytest.raises(NotFound):
            invitations.revoke(session, account, invitation_id)
    for account in (bob, new_account("Nobody")):
        with pytest.raises(NotFound):
            invite(session, account)


def test_members_and_open_invitations_together_are_no_more_than_a_team_may_have(
    session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    join(session, new_account("Bob"), invite(session, ada, 3), 3)
    invite(session, ada, 3)
    with pytest.raises(Conflict, match="at most 3 members and open invitations together, found 2 and 1"):
        invite(session, ada, 3)
    invitations.revoke(session, ada, invitations.list_open(session, ada.team)[0].id)
    invite(session, ada, 3)


def test_a_person_is_in_one_team(session: Session, ada: Account, new_account: Callable[[str], Account]) -> None:
    eve = new_account("Eve")
    teams.create_team(session, eve, name="Eavesdroppers")
    secret = invite(session, ada)
    with pytest.raises(Conflict, match="in the team “Eavesdroppers” already"):
        join(session, eve, secret)
    teams.leave(session, eve)
    join(session, eve, secret)  # nothing of it was used up


@pytest.mark.parametrize("why", ["disqualified_at", "merged_into_id"])
def test_a_team_that_is_out_of_the_competition_takes_nobody_in(
    session: Session, ada: Account, new_account: Callable[[str], Account], why: str
) -> None:
    secret = invite(session, ada)
    bob = new_account("Bob")
    other = teams.create_team(session, new_account("Eve"), name="Others")
    setattr(ada.team, why, clock.utc_now() if why == "disqualified_at" else other.id)
    session.commit()
    with pytest.raises(NotFound):
        join(session, bob, secret)
    with pytest.raises(Forbidden):
        invite(session, ada)


def test_of_many_who_follow_one_link_at_once_one_joins(
    at_once: AtOnce, session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    secret = invite(session, ada)
    people = [new_account(name).id for name in ("Bob", "Eve", "Dan", "Ida")]
    outcomes = at_once(*(lambda own, one=one: join(own, own.get_one(Account, one), secret) for one in people))
    assert outcomes == ["NotFound"] * 3 + ["done"]
    assert len(session.scalars(select(Membership)).all()) == 2


def test_however_many_join_at_once_the_team_is_never_too_large(
    at_once: AtOnce, session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    pairs = [(new_account(name).id, invite(session, ada, 9)) for name in ("Bob", "Eve", "Dan", "Ida")]
    outcomes = at_once(
        *(lambda own, one=one, secret=secret: join(own, own.get_one(Account, one), secret, 3) for one, secret in pairs),
    )
    assert outcomes == ["Conflict", "Conflict", "done", "done"]
    assert len(session.scalars(select(Membership)).all()) == 3


def test_who_joins_two_teams_at_once_is_in_one(
    at_once: AtOnce, session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    eve, bob = new_account("Eve"), new_account("Bob").id
    teams.create_team(session, eve, name="Others")
    secrets = [invite(session, ada), invite(session, eve)]
    outcomes = at_once(
        *(lambda own, secret=secret: join(own, own.get_one(Account, bob), secret) for secret in secrets),
        lambda own: teams.create_team(own, own.get_one(Account, bob), name="Third") and None,
    )
    assert outcomes == ["Conflict", "Conflict", "done"]

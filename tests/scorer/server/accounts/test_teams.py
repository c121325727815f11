from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts import invitations, merge_requests, teams
from scorer.server.accounts.models import Account, Invitation, MergeRequest, Team
from scorer.server.audit import service as audit
from scorer.server.refusals import Conflict, Forbidden, NotFound, Refusal
from scorer.server.submissions.models import Submission
from scorer.server.verification.models import Bundle, BundleState


def test_who_creates_a_team_is_its_captain(session: Session, ada: Account) -> None:
    assert ada.team.name == "Analysts"
    assert [(one.account.display_name, one.captain) for one in ada.team.memberships] == [("Ada", True)]


def test_a_person_is_in_one_team(session: Session, ada: Account) -> None:
    with pytest.raises(Conflict, match="in the team “Analysts” already"):
        teams.create_team(session, ada, name="Second")


@pytest.mark.parametrize("same", ["Analysts", "ANALYSTS", "Ａnalysts", "analyſts"])
def test_a_team_name_is_taken_however_it_is_written(
    session: Session, ada: Account, new_account: Callable[[str], Account], same: str
) -> None:
    with pytest.raises(Conflict, match="Another team has this name") as refused:
        teams.create_team(session, new_account("Eve"), name=same)
    assert refused.value.field == "name"


def members(team: Team) -> list[tuple[str, bool]]:
    return [(one.account.display_name, one.captain) for one in team.memberships]


def last_audit(session: Session) -> tuple[int | None, str, str, object]:
    session.rollback()
    (entry,) = audit.list_entries(session, most=1)
    return entry.account_id, entry.action, entry.subject, entry.details


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("\u0410nalysts", "in one alphabet"),
        ("", "found nothing"),
        (" Padded", "without spaces at its ends"),
        ("Two  spaces", "without two spaces in a row"),
        ("Zero\u200bwidth", "found U+200B"),
        ("\u202eReversed", "found U+202E"),
        ("N" * 61, "at most 60 characters, found 61"),
        ("N" * 10_000, "at most 60 characters, found 10000"),
    ],
)
def test_a_team_name_that_is_not_accepted_is_refused(
    session: Session, new_account: Callable[[str], Account], name: str, words: str
) -> None:
    with pytest.raises(Refusal, match="team name") as refused:
        teams.create_team(session, new_account("Eve"), name=name)
    assert words in refused.value.message


def test_who_is_first_of_two_at_once_has_the_name_and_the_other_hears_it_as_ever(
    session: Session, ada: Account, new_account: Callable[[str], Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = new_account("Eve")
    # On a database that lets two write at once, the other one's row cannot be seen yet.
    monkeypatch.setattr(session, "scalar", lambda *_: None)
    with pytest.raises(Conflict, match="Another team has this name") as refused:
        teams.create_team(session, eve, name="Analysts")
    assert refused.value.field == "name"
    assert eve.team is None


def test_a_member_leaves_and_the_team_stays(session: Session, ada: Account, new_member: Callable[..., Account]) -> None:
    bob = new_member("Bob", ada)
    teams.leave(session, bob)
    assert bob.team is None
    assert members(ada.team) == [("Ada", True)]
    assert last_audit(session) == (bob.id, "team.leave", f"team {ada.team.id}", {})
    with pytest.raises(NotFound, match="in no team"):
        teams.leave(session, bob)


def test_a_captain_hands_over_before_leaving(
    session: Session, ada: Account, new_member: Callable[..., Account]
) -> None:
    bob = new_member("Bob", ada)
    with pytest.raises(Forbidden, match="hand over first"):
        teams.leave(session, ada)
    teams.hand_over(session, ada, bob.id)
    assert last_audit(session) == (ada.id, "team.captain", f"team {bob.team.id}", {"account": bob.id})
    with pytest.raises(NotFound, match="no team of which you are the captain"):
        teams.hand_over(session, ada, ada.id)
    teams.leave(session, ada)
    assert members(bob.team) == [("Bob", True)]


def test_who_is_alone_dissolves_a_team_that_did_nothing_and_frees_its_name(
    session: Session, ada: Account, new_account: Callable[[str], Account]
) -> None:
    eve = new_account("Eve")
    teams.create_team(session, eve, name="Eavesdroppers")
    merge_requests.ask(session, ada, name="Eavesdroppers")
    merge_requests.ask(session, eve, name="Analysts")
    invitations.invite(session, ada, most_members=5)
    teams.leave(session, ada)
    assert [team.name for team in session.scalars(select(Team))] == ["Eavesdroppers"]
    assert session.scalars(select(MergeRequest)).all() == session.scalars(select(Invitation)).all() == []
    assert teams.create_team(session, ada, name="Analysts").memberships[0].captain


def test_the_last_member_of_a_team_that_submitted_stays(
    session: Session, ada: Account, sends: Callable[..., Submission]
) -> None:
    sends(ada)
    with pytest.raises(Forbidden, match="keeps its last member"):
        teams.leave(session, ada)
    assert ada.team is not None


def test_the_last_member_of_a_team_that_sent_code_stays(session: Session, ada: Account) -> None:
    session.add(
        Bundle(
            team_id=ada.team.id,
            account_id=ada.id,
            sha256="0" * 64,
            size=1,
            received_at=clock.utc_now(),
            state=BundleState.REFUSED,
        )
    )
    session.commit()
    with pytest.raises(Forbidden, match="keeps its last member"):
        teams.leave(session, ada)
    assert ada.team is not None


def test_who_uploaded_for_a_team_may_leave_it_but_changes_to_no_other(
    session: Session, ada: Account, new_member: Callable[..., Account], sends: Callable[..., Submission]
) -> None:
    bob, eve = new_member("Bob", ada), new_member("Eve", ada)
    sends(bob)
    for account in (bob, eve):
        teams.leave(session, account)
    with pytest.raises(Forbidden, match="changes to no other"):
        teams.create_team(session, bob, name="A second quota")
    other = teams.create_team(session, eve, name="Others")
    with pytest.raises(Forbidden, match="changes to no other"):
        invitations.join(session, bob, invitations.invite(session, eve, most_members=5), most_members=5)
    assert members(other) == [("Eve", True)]
    back = invitations.invite(session, ada, most_members=5)
    assert invitations.join(session, bob, back, most_members=5).id == ada.team.id


def test_a_captain_removes_a_member_and_nobody_else_does(
    session: Session, ada: Account, new_member: Callable[..., Account], new_account: Callable[[str], Account]
) -> None:
    bob, stranger = new_member("Bob", ada), new_account("Stranger")
    for account in (bob, stranger):
        with pytest.raises(NotFound):
            teams.remove_member(session, account, ada.id)
    for account_id in (stranger.id, 10**8):
        with pytest.raises(NotFound, match="no such member"):
            teams.remove_member(session, ada, account_id)
        with pytest.raises(NotFound, match="no such member"):
            teams.hand_over(session, ada, account_id)
    with pytest.raises(Forbidden, match="another member than yourself"):
        teams.remove_member(session, ada, ada.id)
    teams.remove_member(session, ada, bob.id)
    assert last_audit(session) == (ada.id, "team.remove", f"team {ada.team.id}", {"account": bob.id})
    assert members(ada.team) == [("Ada", True)]


def test_nobody_leaves_a_disqualified_team_to_begin_anew(
    session: Session, ada: Account, new_member: Callable[..., Account]
) -> None:
    bob = new_member("Bob", ada)
    ada.team.disqualified_at = clock.utc_now()
    session.commit()
    with pytest.raises(Forbidden, match="disqualified"):
        teams.leave(session, bob)
    with pytest.raises(Forbidden, match="disqualified"):
        teams.remove_member(session, ada, bob.id)


def test_a_team_always_has_one_captain_whatever_happens_at_once(
    at_once: Callable[..., list[str]], session: Session, ada: Account, new_member: Callable[..., Account]
) -> None:
    people = [ada.id, *(new_member(name, ada).id for name in ("Bob", "Eve", "Dan"))]

    def act(own: Session, own_id: int) -> None:
        account = own.get_one(Account, own_id)
        for other in people:
            with suppress(Refusal):
                teams.hand_over(own, account, other)
            with suppress(Refusal):
                teams.leave(own, account)

    at_once(*(lambda own, one=one: act(own, one) for one in people))
    session.rollback()
    session.expire_all()
    team = session.scalars(select(Team)).one_or_none()
    if team is not None:
        assert [one.captain for one in team.memberships].count(True) == 1

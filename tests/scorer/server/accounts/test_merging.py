from __future__ import annotations

import io
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts import invitations, merge_requests, teams
from scorer.server.accounts.merging import accept
from scorer.server.accounts.models import Account, MergeRequest, Team
from scorer.server.audit import service as audit
from scorer.server.data_folder import DataFolder
from scorer.server.leaderboard.models import Choice, Standing
from scorer.server.leaderboard.service import read_board
from scorer.server.refusals import Conflict, Forbidden, NotFound, Refusal
from scorer.server.stages.service import find_stage
from scorer.server.submissions import service as submissions
from scorer.server.submissions.judging import Judge
from scorer.server.submissions.models import State, Submission
from scorer.server.verification.bundles import current_bundle
from scorer.server.verification.models import Bundle, BundleState

AtOnce = Callable[..., list[str]]


@pytest.fixture
def eve(session: Session, new_account: Callable[[str], Account]) -> Account:
    """Eve, captain of the Eavesdroppers."""
    account = new_account("Eve")
    teams.create_team(session, account, name="Eavesdroppers")
    return account


@pytest.fixture
def request_id(session: Session, ada: Account, eve: Account) -> int:
    """The Analysts ask the Eavesdroppers to take them in."""
    return merge_requests.ask(session, ada, name="Eavesdroppers").id


@pytest.fixture
def scored(
    session: Session, data: DataFolder, challenge: Challenge, tiny: ModuleType
) -> Callable[[Account, float], Submission]:
    """Sends a submission that scores as much, and judges it."""
    judge = Judge(data, challenge, data.storage)

    def send(account: Account, right: float) -> Submission:
        stage, source = find_stage(session, "public"), io.BytesIO(tiny.prediction_zip(challenge, right=right))
        sent = submissions.receive(session, data.storage, challenge, account=account, stage=stage, source=source)
        judge.judge(session, sent.id)
        return sent

    return send


def test_the_other_team_has_the_members_and_the_submissions_of_both(
    session: Session,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
    new_member: Callable[..., Account],
    sends: Callable[..., Submission],
) -> None:
    bob = new_member("Bob", ada)
    sent = [sends(ada), sends(bob, state=State.REFUSED), sends(eve)]
    old = ada.team
    accept(session, challenge, eve, request_id)
    assert {account.team.id for account in (ada, bob, eve)} == {eve.team.id}
    assert [(one.account.display_name, one.captain) for one in eve.team.memberships] == [
        ("Ada", False),
        ("Eve", True),
        ("Bob", False),
    ]
    assert {one.team_id for one in sent} == {eve.team.id}
    assert (old.merged_into_id, old.memberships) == (eve.team.id, [])
    entry = audit.list_entries(session)[0]
    assert (entry.account_id, entry.action, entry.subject) == (eve.id, "team.merge", f"team {old.id}")
    assert entry.details == {"into": eve.team.id, "request": request_id}
    assert audit.verify(session) is None


def test_the_code_of_both_is_the_code_of_the_team(
    session: Session, challenge: Challenge, ada: Account, eve: Account, request_id: int
) -> None:
    def sent(account: Account) -> Bundle:
        bundle = Bundle(
            team_id=account.team.id,
            account_id=account.id,
            sha256="0" * 64,
            size=1,
            received_at=clock.utc_now(),
            state=BundleState.ACCEPTED,
        )
        session.add(bundle)
        session.commit()
        return bundle

    bundles = [sent(ada), sent(eve), sent(ada)]
    accept(session, challenge, eve, request_id)
    assert {bundle.team_id for bundle in bundles} == {eve.team.id}
    assert current_bundle(session, eve.team) is bundles[2]


@pytest.mark.parametrize(("adas", "eves", "best"), [(0.8, 0.6, 0.8), (0.6, 0.8, 0.8)])
def test_the_leaderboard_has_one_team_with_the_better_score(
    session: Session,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
    scored: Callable[..., Submission],
    adas: float,
    eves: float,
    best: float,
) -> None:
    stage = find_stage(session, "public")
    chosen = scored(ada, adas)
    scored(eve, eves)
    session.add(
        Choice(
            stage_id=stage.id,
            team_id=ada.team.id,
            submission_id=chosen.id,
            account_id=ada.id,
            chosen_at=clock.utc_now(),
        )
    )
    session.commit()
    before = stage.board_version
    accept(session, challenge, eve, request_id)
    rows = [row for row in read_board(session, challenge, find_stage(session, "public")) if not row.is_baseline]
    assert [(row.name, row.score, row.entries) for row in rows] == [("Eavesdroppers", best, 2)]
    assert len(session.scalars(select(Standing)).all()) == 1
    assert session.scalars(select(Choice)).all() == [], "what the old team chose is forgotten"
    assert find_stage(session, "public").board_version > before


def test_a_choice_of_the_team_that_takes_in_stays(
    session: Session,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
    scored: Callable[..., Submission],
) -> None:
    scored(ada, 0.9)
    chosen, stage = scored(eve, 0.5), find_stage(session, "public")
    session.add(
        Choice(
            stage_id=stage.id,
            team_id=eve.team.id,
            submission_id=chosen.id,
            account_id=eve.id,
            chosen_at=clock.utc_now(),
        )
    )
    session.commit()
    accept(session, challenge, eve, request_id)
    assert session.scalars(select(Standing)).one().submission_id == chosen.id


def test_two_teams_are_together_no_larger_than_one_may_be(
    session: Session,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
    new_member: Callable[..., Account],
) -> None:
    for name in ("Bob", "Dan", "Ida"):
        new_member(name, ada)
    last = new_member("Max", eve)
    with pytest.raises(Conflict, match="at most 5 members together, found 6"):
        accept(session, challenge, eve, request_id)
    teams.leave(session, last)
    accept(session, challenge, eve, request_id)
    assert len(eve.team.memberships) == 5


def test_two_teams_have_together_no_more_submissions_today_than_one(
    session: Session,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
    sends: Callable[..., Submission],
    set_clock: Any,
) -> None:
    for account in (ada, ada, eve, eve):
        sends(account)
    with pytest.raises(Conflict, match="at most 3 submissions together today in Stage 1: public test, found 4"):
        accept(session, challenge, eve, request_id)
    set_clock.forward(days=1)
    accept(session, challenge, eve, request_id)


def test_two_teams_have_together_no_more_submissions_in_a_stage_than_one(
    session: Session,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
    sends: Callable[..., Submission],
    set_clock: Any,
) -> None:
    for account in (ada, ada, ada, eve, eve, eve):
        sends(account)
    sends(eve, state=State.REFUSED)  # free
    set_clock.forward(days=1)
    with pytest.raises(Conflict, match="at most 5 submissions together in Stage 1: public test, found 6"):
        accept(session, challenge, eve, request_id)
    assert ada.team.name == "Analysts"
    assert session.get_one(MergeRequest, request_id).decided_at is None


def test_only_the_captain_who_was_asked_accepts_and_only_once(
    session: Session,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
    new_member: Callable[..., Account],
    new_account: Callable[[str], Account],
) -> None:
    stranger = new_account("Stranger")
    teams.create_team(session, stranger, name="Strangers")
    for account in (ada, new_member("Bob", ada), new_member("Dan", eve), stranger, new_account("Nobody")):
        with pytest.raises(NotFound, match="no such request"):
            accept(session, challenge, account, request_id)
    accept(session, challenge, eve, request_id)
    with pytest.raises(NotFound):
        accept(session, challenge, eve, request_id)


@pytest.mark.parametrize("column", ["closes_at", "settled_at"])
def test_no_teams_merge_once_it_is_decided_who_is_admitted(
    session: Session, challenge: Challenge, eve: Account, request_id: int, column: str
) -> None:
    setattr(find_stage(session, "public"), column, clock.utc_now())
    session.commit()
    with pytest.raises(Forbidden, match="Teams merge no more"):
        accept(session, challenge, eve, request_id)


@pytest.mark.parametrize("out", ["Ada", "Eve"])
def test_a_disqualified_team_neither_arrives_nor_takes_in(
    session: Session, challenge: Challenge, ada: Account, eve: Account, request_id: int, out: str
) -> None:
    team = (ada if out == "Ada" else eve).team
    team.disqualified_at = clock.utc_now()
    session.commit()
    with pytest.raises(Forbidden, match="disqualified"):
        accept(session, challenge, eve, request_id)


def test_what_the_old_team_had_begun_ends_with_it(
    session: Session,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
    new_account: Callable[[str], Account],
) -> None:
    dan = new_account("Dan")
    teams.create_team(session, dan, name="Dancers")
    secret = invitations.invite(session, ada, most_members=5)
    merge_requests.ask(session, dan, name="Analysts")
    accept(session, challenge, eve, request_id)
    with pytest.raises(NotFound):
        invitations.join(session, new_account("Bob"), secret, most_members=5)
    assert merge_requests.asked_by(session, dan.team) is None
    old = session.scalars(select(Team).where(Team.name == "Analysts")).one()
    with pytest.raises(Refusal, match="that takes part"):
        merge_requests.ask(session, dan, name=old.name)
    with pytest.raises(Conflict, match="Another team has this name"):
        teams.create_team(session, new_account("Imitator"), name="Analysts")


def test_a_team_that_took_another_in_keeps_its_last_member(
    session: Session, challenge: Challenge, ada: Account, eve: Account, request_id: int
) -> None:
    accept(session, challenge, eve, request_id)
    teams.leave(session, ada)
    with pytest.raises(Forbidden, match="keeps its last member"):
        teams.leave(session, eve)


def test_uploads_while_two_teams_merge_never_pass_the_limit_and_none_is_lost(
    at_once: AtOnce,
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    ada: Account,
    eve: Account,
    request_id: int,
) -> None:
    def upload(account_id: int, content: bytes) -> Callable[[Session], object]:
        return lambda own: submissions.receive(
            own,
            data.storage,
            challenge,
            account=own.get_one(Account, account_id),
            stage=find_stage(own, "public"),
            source=io.BytesIO(content),
        )

    outcomes = at_once(
        upload(ada.id, b"one"),
        upload(ada.id, b"two"),
        upload(eve.id, b"three"),
        upload(eve.id, b"four"),
        lambda own: accept(own, challenge, own.get_one(Account, eve.id), request_id),
    )
    session.rollback()
    session.expire_all()
    found = session.scalars(select(Submission)).all()
    merged = ada.team.id == eve.team.id
    assert len(found) == outcomes.count("done") - merged
    if merged:
        assert {one.team_id for one in found} <= {eve.team.id}
        assert len(found) <= 3


def test_two_who_ask_each_other_and_accept_at_once_become_one(
    at_once: AtOnce, session: Session, challenge: Challenge, ada: Account, eve: Account, request_id: int
) -> None:
    back = merge_requests.ask(session, eve, name="Analysts").id
    outcomes = at_once(
        lambda own: accept(own, challenge, own.get_one(Account, eve.id), request_id),
        lambda own: accept(own, challenge, own.get_one(Account, ada.id), back),
    )
    assert outcomes == ["NotFound", "done"]
    session.rollback()
    session.expire_all()
    assert ada.team.id == eve.team.id
    assert [one.captain for one in ada.team.memberships].count(True) == 1

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.audit.models import AuditEntry
from scorer.server.refusals import Conflict, Forbidden, Refusal
from scorer.server.stages import admission, changes
from scorer.server.stages.models import Admission, Stage

NewTeam = Callable[[str], Team]


def newest_entry(session: Session) -> tuple[str, str, dict[str, Any]]:
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    return entry.action, entry.subject, entry.details


def test_a_stage_before_which_nobody_is_admitted_is_for_every_team(
    session: Session, public: Stage, new_team: NewTeam
) -> None:
    team = new_team("Analysts")
    assert admission.is_admitted(session, public, team)
    admission.check_admitted(session, public, team)


def test_a_stage_that_teams_are_admitted_to_is_for_no_other_team(
    session: Session, private: Stage, new_team: NewTeam, boss: Account
) -> None:
    admitted, other = new_team("Admitted"), new_team("Other")
    admission.admit_team(session, private, admitted, account=boss)
    assert admission.is_admitted(session, private, admitted)
    admission.check_admitted(session, private, admitted)
    assert not admission.is_admitted(session, private, other)
    with pytest.raises(Forbidden, match="Expected a team that is admitted to Stage 2: private test, found one that is"):
        admission.check_admitted(session, private, other)


@pytest.mark.parametrize("what", ["disqualified", "merged into another"])
def test_a_team_that_left_the_competition_takes_part_in_no_stage(
    session: Session, public: Stage, private: Stage, new_team: NewTeam, boss: Account, what: str
) -> None:
    team = new_team("Analysts")
    admission.admit_team(session, private, team, account=boss)
    if what == "disqualified":
        team.disqualified_at = clock.utc_now()
    else:
        team.merged_into_id = new_team("Bigger").id
    session.commit()
    for stage in (public, private):
        assert not admission.is_admitted(session, stage, team)
        with pytest.raises(Forbidden, match=f"Expected a team in the competition, found one that was {what}."):
            admission.check_admitted(session, stage, team)


def test_only_open_stages_that_a_team_takes_part_in_are_open_to_it(
    session: Session, public: Stage, private: Stage, new_team: NewTeam, boss: Account
) -> None:
    admitted, other = new_team("Admitted"), new_team("Other")
    admission.admit_team(session, private, admitted, account=boss)
    assert admission.open_to(session, admitted) == [public]
    changes.open_stage(session, private, account=boss)
    assert admission.open_to(session, admitted) == [public, private]
    assert admission.open_to(session, other) == [public]


def test_to_admit_by_hand_is_in_the_audit_log_and_has_no_rank(
    session: Session, private: Stage, new_team: NewTeam, boss: Account
) -> None:
    team = new_team("Analysts")
    assert admission.admit_team(session, private, team, account=boss).rank is None
    assert newest_entry(session) == ("stage.admit", "stage private", {"team": team.id})


def test_nobody_is_admitted_twice(session: Session, private: Stage, new_team: NewTeam, boss: Account) -> None:
    team = new_team("Analysts")
    admission.admit_team(session, private, team, account=boss)
    with pytest.raises(Conflict, match="not admitted to Stage 2: private test yet, found one that is"):
        admission.admit_team(session, private, team, account=boss)
    assert len(admission.list_admissions(session, private)) == 1


def test_nobody_is_admitted_to_what_is_everybodys(
    session: Session, public: Stage, new_team: NewTeam, boss: Account
) -> None:
    with pytest.raises(Refusal, match="found Stage 1: public test, which is everybody's"):
        admission.admit_team(session, public, new_team("Analysts"), account=boss)


def test_a_disqualified_team_is_not_admitted(
    session: Session, private: Stage, new_team: NewTeam, boss: Account
) -> None:
    team = new_team("Analysts")
    team.disqualified_at = clock.utc_now()
    session.commit()
    with pytest.raises(Forbidden, match="disqualified"):
        admission.admit_team(session, private, team, account=boss)
    assert admission.list_admissions(session, private) == []


def test_an_admission_can_be_taken_back_and_that_is_in_the_audit_log(
    session: Session, private: Stage, new_team: NewTeam, boss: Account
) -> None:
    team = new_team("Analysts")
    admission.admit_team(session, private, team, account=boss)
    admission.withdraw_admission(session, private, team, account=boss)
    assert not admission.is_admitted(session, private, team)
    assert newest_entry(session) == ("stage.withdraw", "stage private", {"team": team.id})
    with pytest.raises(Refusal, match="Expected a team that was admitted to Stage 2: private test"):
        admission.withdraw_admission(session, private, team, account=boss)


def test_admissions_are_listed_by_rank_and_then_those_by_hand(
    session: Session, private: Stage, new_team: NewTeam
) -> None:
    for name, rank in (("Hand", None), ("Third", 3), ("First", 1)):
        team = new_team(name)
        session.add(Admission(stage_id=private.id, team_id=team.id, rank=rank, admitted_at=clock.utc_now()))
        session.commit()
    assert [one.team.name for one in admission.list_admissions(session, private)] == ["First", "Third", "Hand"]

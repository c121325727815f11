from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.accounts.models import Account
from scorer.server.audit.models import AuditEntry
from scorer.server.refusals import Refusal
from scorer.server.stages.changes import change_stage, open_stage
from scorer.server.stages.closing import close_stage, release_scores
from scorer.server.stages.models import Stage
from scorer.server.stages.service import open_now

Change = Callable[..., None]


@pytest.fixture
def change(session: Session, boss: Account) -> Change:
    """Changes what is named of a stage, and sends the rest as it is."""

    def send(stage: Stage, **new: Any) -> None:
        names = ("opens_at", "closes_at", "submissions_per_day", "submissions_in_total")
        old = {name: getattr(stage, name) for name in names}
        change_stage(session, stage, account=boss, **(old | new))

    return send


def entries(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action.in_(["stage.open", "stage.change"]))))


def test_a_stage_opens_at_once_and_that_is_in_the_audit_log(
    session: Session, public: Stage, private: Stage, boss: Account, set_clock: Any
) -> None:
    open_stage(session, private, account=boss)
    assert open_now(session) == [public, private]
    assert private.opens_at == set_clock.now
    (entry,) = entries(session)
    assert (entry.account_id, entry.action, entry.subject) == (boss.id, "stage.open", "stage private")
    assert entry.details["opens_at"] == {"old": None, "new": f"{set_clock.now:%Y-%m-%dT%H:%M:%S.%fZ}"}


def test_an_open_stage_is_not_opened(session: Session, public: Stage, boss: Account) -> None:
    with pytest.raises(Refusal, match="Expected a stage that is not open, found Stage 1: public test"):
        open_stage(session, public, account=boss)


def test_a_stage_that_has_closed_is_not_opened_by_the_way(
    session: Session, public: Stage, boss: Account, set_clock: Any
) -> None:
    public.closes_at = set_clock.now
    session.commit()
    with pytest.raises(Refusal, match="Expected a stage that has not closed, found Stage 1: public test"):
        open_stage(session, public, account=boss)


def test_a_stage_does_not_open_before_the_one_that_admits_to_it_ends(
    session: Session, public: Stage, private: Stage, boss: Account, set_clock: Any
) -> None:
    public.closes_at = set_clock.now + timedelta(hours=1)
    session.commit()
    with pytest.raises(Refusal, match="Expected Stage 2: private test to open when Stage 1: public test has closed"):
        open_stage(session, private, account=boss)
    assert private.opens_at is None
    set_clock.forward(hours=1)
    open_stage(session, private, account=boss)


def test_a_change_has_old_and_new_in_the_audit_log(
    session: Session, public: Stage, change: Change, boss: Account, set_clock: Any
) -> None:
    change(public, closes_at=set_clock.now + timedelta(days=7), submissions_per_day=2)
    assert public.closes_at == set_clock.now + timedelta(days=7)
    (entry,) = entries(session)
    assert (entry.account_id, entry.action, entry.subject) == (boss.id, "stage.change", "stage public")
    assert entry.details == {
        "closes_at": {"old": None, "new": f"{set_clock.now + timedelta(days=7):%Y-%m-%dT%H:%M:%S.%fZ}"},
        "submissions_per_day": {"old": 3, "new": 2},
    }


def test_a_change_of_nothing_is_no_change(session: Session, public: Stage, change: Change) -> None:
    change(public)
    assert entries(session) == []


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ({"submissions_per_day": 0}, "submissions_per_day"),
        ({"submissions_per_day": 6}, "submissions_per_day"),
        ({"submissions_in_total": 2}, "submissions_per_day"),
        ({"submissions_in_total": 10**12}, "submissions_in_total"),
        ({"opens_at": None, "closes_at": timedelta(hours=1)}, "opens_at"),
        ({"opens_at": timedelta(hours=1), "closes_at": timedelta(hours=1)}, "closes_at"),
        ({"opens_at": timedelta(hours=-2), "closes_at": timedelta(hours=-1)}, "closes_at"),
    ],
)
def test_what_contradicts_itself_is_refused_by_its_field(
    session: Session, public: Stage, change: Change, set_clock: Any, new: dict[str, Any], field: str
) -> None:
    moments = {name: set_clock.now + value if isinstance(value, timedelta) else value for name, value in new.items()}
    before = (public.opens_at, public.closes_at, public.submissions_per_day, public.submissions_in_total)
    with pytest.raises(Refusal, match="Expected") as refused:
        change(public, **moments)
    assert refused.value.field == field
    session.expire_all()
    assert (public.opens_at, public.closes_at, public.submissions_per_day, public.submissions_in_total) == before
    assert entries(session) == []


def test_dates_of_two_stages_do_not_contradict_each_other(
    public: Stage, private: Stage, change: Change, set_clock: Any
) -> None:
    change(public, closes_at=set_clock.now + timedelta(days=7))
    with pytest.raises(Refusal, match=r"found .* UTC") as refused:
        change(private, opens_at=set_clock.now + timedelta(days=6))
    assert refused.value.field == "opens_at"
    change(private, opens_at=set_clock.now + timedelta(days=7))
    with pytest.raises(Refusal, match="Expected Stage 2: private test to open when") as refused:
        change(public, closes_at=set_clock.now + timedelta(days=8))
    assert refused.value.field == "closes_at"


def test_a_stage_whose_admissions_are_decided_is_not_opened_again(
    session: Session, challenge: Challenge, public: Stage, change: Change, boss: Account, set_clock: Any
) -> None:
    close_stage(session, challenge, public, account=boss)
    for closes_at in (None, set_clock.now + timedelta(days=1)):
        with pytest.raises(Refusal, match="Expected the dates of Stage 1: public test as they are") as refused:
            change(public, closes_at=closes_at)
        assert refused.value.field == "closes_at"
    with pytest.raises(Refusal):
        open_stage(session, public, account=boss)
    change(public, submissions_per_day=1)
    assert open_now(session) == []


def test_a_stage_whose_final_scores_are_released_is_not_opened_again(
    session: Session, challenge: Challenge, private: Stage, change: Change, boss: Account
) -> None:
    open_stage(session, private, account=boss)
    close_stage(session, challenge, private, account=boss)
    release_scores(session, private, account=boss)
    with pytest.raises(Refusal, match="Expected the dates of Stage 2: private test as they are"):
        change(private, closes_at=None)


def test_a_stage_that_admits_nobody_may_be_opened_again_by_its_dates(
    session: Session, challenge: Challenge, private: Stage, change: Change, boss: Account
) -> None:
    open_stage(session, private, account=boss)
    close_stage(session, challenge, private, account=boss)
    change(private, closes_at=None)
    assert private in open_now(session)

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Membership, Team
from scorer.server.audit.models import AuditEntry
from scorer.server.leaderboard.choices import choose, unchoose
from scorer.server.leaderboard.marks import read_marks
from scorer.server.leaderboard.models import Choice, Standing
from scorer.server.refusals import Forbidden, NotFound, Refusal
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import State, Submission

Scored = Callable[..., Submission]


def counting(session: Session, submission: Submission) -> int:
    session.expire_all()
    return session.get_one(Standing, (submission.stage_id, submission.team_id)).submission_id


def decisions(session: Session) -> list[tuple[str, str, dict[str, Any]]]:
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("submission.%")).order_by(AuditEntry.id))
    return [(entry.action, entry.subject, entry.details) for entry in entries]


def open_private(session: Session) -> None:
    stage = find_stage(session, "private")
    stage.opens_at = clock.utc_now()
    session.commit()


def test_the_best_counts_until_the_team_picks_another(session: Session, scored: Scored) -> None:
    worse, best = scored("A", 0.4), scored("A", 0.6)
    assert counting(session, best) == best.id
    choose(session, worse.account, worse.id)
    assert counting(session, best) == worse.id
    scored("A", 0.9)
    assert counting(session, best) == worse.id
    unchoose(session, worse.account, worse.stage)
    assert counting(session, best) not in (worse.id, best.id)


def test_any_member_of_the_team_may_choose(
    session: Session, scored: Scored, new_account: Callable[[str], Account]
) -> None:
    worse, _ = scored("A", 0.4), scored("A", 0.6)
    other = new_account("Other")
    now = clock.utc_now()
    session.add(Membership(account_id=other.id, team_id=worse.team_id, captain=False, joined_at=now))
    session.commit()
    choose(session, other, worse.id)
    assert session.scalars(select(Choice)).one().account_id == other.id


def test_each_choice_is_in_the_audit_log(session: Session, scored: Scored) -> None:
    first, second = scored("A", 0.4), scored("A", 0.6)
    for submission in (first, second, second):
        choose(session, first.account, submission.id)
    for _ in range(2):
        unchoose(session, first.account, first.stage)
    assert decisions(session) == [
        ("submission.choose", f"submission {first.id}", {"stage": "public", "before": None}),
        ("submission.choose", f"submission {second.id}", {"stage": "public", "before": first.id}),
        ("submission.unchoose", f"submission {second.id}", {"stage": "public"}),
    ]


def test_another_teams_submission_is_not_found(session: Session, scored: Scored) -> None:
    mine, theirs = scored("A", 0.4), scored("B", 0.6)
    for number in (theirs.id, 999):
        with pytest.raises(NotFound):
            choose(session, mine.account, number)
    assert session.scalars(select(Choice)).all() == []


def test_who_is_in_no_team_chooses_nothing(
    session: Session, scored: Scored, new_account: Callable[[str], Account]
) -> None:
    submission, nobody = scored("A", 0.4), new_account("Nobody")
    with pytest.raises(NotFound):
        choose(session, nobody, submission.id)
    with pytest.raises(Forbidden):
        unchoose(session, nobody, submission.stage)


@pytest.mark.parametrize("state", [State.RECEIVED, State.REFUSED, State.FAILED])
def test_only_a_scored_submission_can_be_chosen(session: Session, scored: Scored, state: State) -> None:
    submission = scored("A", state=state)
    with pytest.raises(Refusal, match=f"Expected a submission with a score, found one that is {state.value}"):
        choose(session, submission.account, submission.id)


def test_after_the_stage_closed_the_choice_stands(session: Session, scored: Scored, set_clock: Any) -> None:
    worse, best = scored("A", 0.4), scored("A", 0.6)
    choose(session, worse.account, worse.id)
    worse.stage.closes_at = set_clock.now + timedelta(minutes=1)
    session.commit()
    set_clock.forward(minutes=1)
    with pytest.raises(Forbidden, match="closed at"):
        choose(session, worse.account, best.id)
    with pytest.raises(Forbidden, match="closed at"):
        unchoose(session, worse.account, worse.stage)
    assert counting(session, best) == worse.id
    assert not read_marks(session, worse.account).may_unchoose(worse)


def test_a_disqualified_team_chooses_nothing(session: Session, scored: Scored) -> None:
    submission = scored("A", 0.4)
    session.get_one(Team, submission.team_id).disqualified_at = clock.utc_now()
    session.commit()
    with pytest.raises(Forbidden, match="disqualified"):
        choose(session, submission.account, submission.id)


def test_in_a_sealed_stage_a_team_chooses_without_learning_which_is_its_best(session: Session, scored: Scored) -> None:
    open_private(session)
    worse, best = scored("A", 0.4, stage="private"), scored("A", 0.6, stage="private")
    assert read_marks(session, worse.account).counting == frozenset()
    choose(session, worse.account, worse.id)
    assert counting(session, worse) == worse.id
    marks = read_marks(session, worse.account)
    assert (marks.counting, marks.chosen) == (frozenset({worse.id}), frozenset({worse.id}))
    assert marks.may_choose(best)
    assert not marks.may_choose(worse)
    assert marks.may_unchoose(worse)


def test_marks_say_what_counts_and_what_was_chosen(session: Session, scored: Scored) -> None:
    worse, best = scored("A", 0.4), scored("A", 0.6)
    scored("B", 0.9)
    marks = read_marks(session, worse.account)
    assert (marks.counting, marks.chosen) == (frozenset({best.id}), frozenset())
    choose(session, worse.account, worse.id)
    marks = read_marks(session, worse.account)
    assert (marks.counting, marks.chosen) == (frozenset({worse.id}), frozenset({worse.id}))


def test_on_the_ladder_only_what_climbed_can_be_chosen(session: Session, scored: Scored) -> None:
    first = scored("A", 0.5, minute=0)
    first.stage.ladder_step = 0.01
    session.commit()
    probe, climbed = scored("A", 0.505, minute=1), scored("A", 0.52, minute=2)
    with pytest.raises(Refusal, match="found one whose score is not"):
        choose(session, first.account, probe.id)
    choose(session, first.account, first.id)
    assert counting(session, climbed) == first.id


def test_on_a_sealed_ladder_nothing_is_chosen_since_that_would_tell_what_climbed(
    session: Session, scored: Scored
) -> None:
    open_private(session)
    find_stage(session, "private").ladder_step = 0.01
    session.commit()
    submission = scored("A", 0.5, stage="private")
    with pytest.raises(Refusal, match="found one whose score is not"):
        choose(session, submission.account, submission.id)
    assert not read_marks(session, submission.account).may_choose(submission)


def test_a_choice_that_has_no_score_any_more_gives_way_to_the_best(session: Session, scored: Scored) -> None:
    worse, best = scored("A", 0.4), scored("A", 0.6)
    choose(session, worse.account, worse.id)
    worse.state = State.REFUSED
    session.commit()
    scored("A", 0.5)
    assert counting(session, best) == best.id

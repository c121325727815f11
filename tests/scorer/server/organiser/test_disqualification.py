from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.audit import service as audit
from scorer.server.leaderboard.models import Standing
from scorer.server.leaderboard.service import read_board
from scorer.server.organiser.disqualification import MOST_REASON, disqualify, reinstate
from scorer.server.refusals import Conflict, Refusal
from scorer.server.stages.models import Stage
from scorer.server.stages.service import list_stages
from scorer.server.submissions.models import State, Submission


@pytest.fixture
def ranked(session: Session, analysts: Team, public: Stage, new_submission: Callable[..., Submission]) -> Team:
    """The Analysts, with a score."""
    submission = new_submission(State.SCORED)
    standing = Standing(stage_id=public.id, team_id=analysts.id, submission_id=submission.id, score=0.5, entries=1)
    standing.interval_low, standing.interval_high, standing.received_at = 0.4, 0.6, submission.received_at
    session.add(standing)
    session.commit()
    return analysts


def names(session: Session, challenge: Challenge, stage: Stage) -> list[str]:
    return [row.name for row in read_board(session, challenge, stage) if not row.is_baseline]


def test_a_disqualified_team_leaves_the_leaderboard_and_comes_back_reinstated(
    session: Session, challenge: Challenge, ranked: Team, public: Stage, grace: Account
) -> None:
    assert names(session, challenge, public) == ["Analysts"]
    versions = [stage.board_version for stage in list_stages(session)]
    disqualify(session, ranked, account=grace, because=" Labels by hand. ")
    assert names(session, challenge, public) == []
    assert ranked.disqualified_because == "Labels by hand."
    after = [stage.board_version for stage in list_stages(session)]
    assert all(new > old for new, old in zip(after, versions, strict=True))
    reinstate(session, ranked, account=grace, because="An error of ours.")
    assert names(session, challenge, public) == ["Analysts"]
    assert (ranked.disqualified_at, ranked.disqualified_because) == (None, None)
    again = [stage.board_version for stage in list_stages(session)]
    assert all(new > old for new, old in zip(again, after, strict=True))


def test_both_decisions_are_in_the_audit_log_with_their_reasons(
    session: Session, analysts: Team, grace: Account
) -> None:
    disqualify(session, analysts, account=grace, because="Labels by hand.")
    reinstate(session, analysts, account=grace, because="An error of ours.")
    entries = audit.list_entries(session, most=2)
    assert [(entry.action, entry.subject, entry.details, entry.account_id) for entry in entries] == [
        ("team.reinstate", f"team {analysts.id}", {"because": "An error of ours."}, grace.id),
        ("team.disqualify", f"team {analysts.id}", {"because": "Labels by hand."}, grace.id),
    ]


@pytest.mark.parametrize(
    ("because", "words"),
    [
        (" \n ", "Expected a reason, found nothing."),
        ("x" * (MOST_REASON + 1), f"at most {MOST_REASON} characters, found {MOST_REASON + 1}"),
        ("a\0b", r"found U\+0000"),
    ],
)
def test_a_decision_without_a_reason_is_none(
    session: Session, analysts: Team, grace: Account, because: str, words: str
) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        disqualify(session, analysts, account=grace, because=because)
    assert refused.value.field == "because"
    assert analysts.disqualified_at is None


def test_a_team_is_disqualified_once_and_reinstated_once(session: Session, analysts: Team, grace: Account) -> None:
    with pytest.raises(Conflict, match="found one that takes part"):
        reinstate(session, analysts, account=grace, because="r")
    disqualify(session, analysts, account=grace, because="r")
    with pytest.raises(Conflict, match="found one that is disqualified"):
        disqualify(session, analysts, account=grace, because="another")
    assert analysts.disqualified_because == "r"


def test_a_merged_team_is_not_disqualified(
    session: Session, analysts: Team, grace: Account, new_account: Callable[[str], Account]
) -> None:
    other = Team(name="Others", name_key="others", created_at=clock.utc_now())
    session.add(other)
    session.flush()
    analysts.merged_into_id = other.id
    session.commit()
    with pytest.raises(Conflict, match="merged into another"):
        disqualify(session, analysts, account=grace, because="r")


def test_nothing_is_decided_where_the_audit_log_cannot_be_written(
    session: Session, analysts: Team, grace: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(OSError):
        disqualify(session, analysts, account=grace, because="r")
    session.refresh(analysts)
    assert analysts.disqualified_at is None


def test_the_team_reads_the_reason_on_its_page(
    session: Session, analysts: Team, grace: Account, browser: Any, client: FlaskClient
) -> None:
    disqualify(session, analysts, account=grace, because="Labels <b>by hand</b>.\n\nSee https://a.example/x.")
    browser.log_in("Ada")
    page = client.get("/team").text
    assert "Labels &lt;b&gt;by hand&lt;/b&gt;." in page
    assert '<a href="https://a.example/x" rel="noopener nofollow">' in page

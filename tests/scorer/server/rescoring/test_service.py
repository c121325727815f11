from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.audit.models import AuditEntry
from scorer.server.config import Settings
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.leaderboard.choices import choose
from scorer.server.leaderboard.service import read_board
from scorer.server.rescoring import service
from scorer.server.rescoring.aside import Versions, judge_aside
from scorer.server.rescoring.difference import Difference
from scorer.server.rescoring.labels import keep_labels
from scorer.server.rescoring.service import JudgedMeanwhile
from scorer.server.stages.service import find_stage
from scorer.server.submissions import judging
from scorer.server.submissions.judging import Judge
from scorer.server.submissions.models import State, Submission
from scorer.server.submissions.service import visible_score
from scorer.verdict import Fault, Verdict, refused

Enter = Callable[..., Submission]


class Rescore:
    """A rescore with the turned labels, step by step."""

    def __init__(self, session: Session, judge: Judge, data: DataFolder, challenge: Challenge, labels: Path) -> None:
        self.session = session
        self.judge = judge
        self.stage = find_stage(session, "public")
        self.versions = Versions(judging.SCORER_VERSION, keep_labels(data, challenge, "public", labels))

    def aside(self) -> Mapping[int, Verdict]:
        return judge_aside(self.session, self.judge, self.stage, self.versions)

    def preview(self) -> Difference:
        return service.preview(self.session, self.stage, self.versions, self.aside())

    def apply(self) -> Difference:
        return service.apply(self.session, self.stage, self.versions, self.aside())


@pytest.fixture
def rescore(
    session: Session, judge: Judge, data: DataFolder, challenge: Challenge, new_labels: Callable[..., Path]
) -> Rescore:
    return Rescore(session, judge, data, challenge, new_labels())


def board(session: Session, challenge: Challenge) -> list[tuple[int | None, str, float]]:
    session.expire_all()
    rows = read_board(session, challenge, find_stage(session, "public"))
    return [(row.rank, row.name, row.score) for row in rows if not row.is_baseline]


def state_of(session: Session) -> tuple[object, ...]:
    """All that a rescore may change."""
    session.rollback()
    session.expire_all()
    stage = find_stage(session, "public")
    submissions = session.scalars(select(Submission).order_by(Submission.id))
    return (
        (stage.scorer_version, stage.data_version, stage.board_version),
        [(one.state, one.faults, one.notes) for one in submissions],
        [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))],
    )


BEFORE = [(1, "A", 0.8), (2, "B", 0.6)]
AFTER = [(1, "B", 0.4), (2, "A", 0.2)]


def test_a_preview_changes_nothing_on_the_board(
    session: Session, challenge: Challenge, enter: Enter, rescore: Rescore
) -> None:
    enter("A", 0.8)
    enter("B", 0.6)
    before = state_of(session)
    difference = rescore.preview()
    assert state_of(session) == before
    assert board(session, challenge) == BEFORE
    assert difference.teams is not None
    assert [(one.before.rank, one.after.rank, one.after.name, one.after.score) for one in difference.teams] == [
        (2, 1, "B", 0.4),
        (1, 2, "A", 0.2),
    ]
    assert (difference.ranks_changed, difference.verdicts_changed) == (2, 0)


def test_a_score_aside_is_shown_nowhere(session: Session, challenge: Challenge, enter: Enter, rescore: Rescore) -> None:
    submission = enter("A", 0.8)
    rescore.aside()
    session.expire_all()
    assert [one.score for one in submission.scores] == pytest.approx([0.8, 0.2])
    assert visible_score(submission).score == pytest.approx(0.8)
    enter("A", 0.7)  # its standing is written anew
    assert board(session, challenge) == [(1, "A", 0.8)]


def test_apply_switches_all_at_once_as_the_preview_said(
    session: Session, challenge: Challenge, enter: Enter, rescore: Rescore
) -> None:
    submission = enter("A", 0.8)
    enter("B", 0.6)
    live = Versions.live_in(rescore.stage)
    previewed = rescore.preview()
    assert rescore.apply() == previewed
    assert board(session, challenge) == AFTER
    assert Versions.live_in(find_stage(session, "public")) == rescore.versions
    assert visible_score(submission).score == pytest.approx(0.2)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "stage.rescore")).one()
    assert (entry.subject, entry.account_id) == ("stage public", None)
    assert entry.details == {
        "scorer_version": [live.scorer, rescore.versions.scorer],
        "data_version": [live.data, rescore.versions.data],
        "ranks_changed": 2,
        "verdicts_changed": 0,
    }


def test_to_apply_twice_changes_nothing(session: Session, enter: Enter, rescore: Rescore) -> None:
    enter("A", 0.8)
    enter("B", content=b"no zip")
    rescore.apply()
    after = state_of(session)
    difference = rescore.apply()
    assert state_of(session) == after
    assert (difference.before, difference.ranks_changed, difference.verdicts_changed) == (rescore.versions, 0, 0)


def test_back_to_the_old_labels_is_a_rescore_too(
    session: Session, challenge: Challenge, enter: Enter, rescore: Rescore
) -> None:
    enter("A", 0.8)
    enter("B", 0.6)
    live = Versions.live_in(rescore.stage)
    rescore.apply()
    rescore.versions = live
    assert rescore.aside() == {}
    rescore.apply()
    assert board(session, challenge) == BEFORE


def test_what_was_broken_off_goes_on_where_it_was(
    session: Session, enter: Enter, judge: Judge, rescore: Rescore
) -> None:
    ids = [enter("A", right).id for right in (0.8, 0.7, 0.6)]

    def two_of(found: Sequence[int]) -> Iterable[int]:
        yield from found[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge_aside(session, judge, rescore.stage, rescore.versions, two_of)
    assert [*rescore.aside()] == ids[2:]


def test_a_submission_that_was_judged_meanwhile_is_not_lost(
    session: Session, challenge: Challenge, enter: Enter, rescore: Rescore
) -> None:
    enter("A", 0.8)
    verdicts = rescore.aside()
    enter("B", 0.6)
    enter("C", content=b"no zip")
    before = state_of(session)
    for way in (service.preview, service.apply):
        with pytest.raises(JudgedMeanwhile, match="found 2 that were judged meanwhile"):
            way(session, rescore.stage, rescore.versions, verdicts)
    assert state_of(session) == before
    rescore.apply()
    assert board(session, challenge) == AFTER


def test_a_submission_that_is_being_judged_meanwhile_is_scored_with_what_is_live_then(
    session: Session,
    challenge: Challenge,
    enter: Enter,
    judge: Judge,
    rescore: Rescore,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rescore becomes live between the reading of the zip and the writing of its score."""
    enter("A", 0.8)
    late = enter("B", 0.6, judged=False)
    verdicts = rescore.aside()
    stage, versions = rescore.stage, rescore.versions
    score = judging.scoring.score
    applied: list[object] = []

    def rescore_first(*arguments: Any, **options: Any) -> Any:
        if not applied:
            engine = open_engine(settings.database_url)
            with Session(engine, expire_on_commit=False) as other:
                applied.append(service.apply(other, stage, versions, verdicts))
            engine.dispose()
        return score(*arguments, **options)

    monkeypatch.setattr(judging.scoring, "score", rescore_first)
    judge.judge(session, late.id)
    session.expire_all()
    assert late.state is State.RECEIVED
    judge.judge(session, late.id)
    assert board(session, challenge) == AFTER


def test_old_and_new_scores_never_mix(
    session: Session, challenge: Challenge, enter: Enter, rescore: Rescore, settings: Settings
) -> None:
    """Whoever reads the leaderboard while rescores become live sees one of two leaderboards."""
    enter("A", 0.8)
    enter("B", 0.6)
    verdicts = rescore.aside()
    ways = [(rescore.versions, verdicts), (Versions.live_in(rescore.stage), {})]
    stage = rescore.stage
    seen: list[object] = []
    done = threading.Event()

    def read() -> None:
        engine = open_engine(settings.database_url)
        while not done.is_set():
            with Session(engine) as reader:
                seen.append(board(reader, challenge))
        engine.dispose()

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(20):
        service.apply(session, stage, *ways[number % 2])
    done.set()
    reader.join()
    assert seen
    assert all(found in (BEFORE, AFTER) for found in seen)


def test_what_a_team_chose_still_counts(session: Session, challenge: Challenge, enter: Enter, rescore: Rescore) -> None:
    chosen, _ = enter("A", 0.8), enter("A", 0.6)
    choose(session, chosen.account, chosen.id)
    rescore.apply()
    assert board(session, challenge) == [(1, "A", 0.2)]


def test_waiting_and_failed_submissions_are_left_alone(session: Session, enter: Enter, rescore: Rescore) -> None:
    failed, waiting = enter("A", 0.8), enter("A", 0.8, judged=False)
    failed.state = State.FAILED
    session.commit()
    assert rescore.aside() == {}
    rescore.apply()
    session.expire_all()
    assert (failed.state, waiting.state) == (State.FAILED, State.RECEIVED)


@pytest.fixture
def next_scorer(monkeypatch: pytest.MonkeyPatch, tiny: ModuleType, challenge: Challenge) -> Callable[..., None]:
    """A scorer of version `next`, which refuses some zips, and reads others as if half of their frames were right."""
    read = judging.submission.read

    def install(*, refuses: Sequence[bytes], accepts: Sequence[bytes]) -> None:
        def read_as_next(path: Path, *arguments: Any) -> Verdict:
            content = path.read_bytes()
            if content in refuses:
                return refused(Fault("prediction/id00000001.csv", 7, None, "something new", "the old"))
            if content in accepts:
                return read(io.BytesIO(tiny.prediction_zip(challenge, right=0.5)), *arguments)
            return read(path, *arguments)

        monkeypatch.setattr(judging, "SCORER_VERSION", "next")
        monkeypatch.setattr(judging.submission, "read", read_as_next)

    return install


def test_a_verdict_that_changes_is_reported_and_changes_when_it_is_applied(
    session: Session,
    challenge: Challenge,
    enter: Enter,
    rescore: Rescore,
    tiny: ModuleType,
    next_scorer: Callable[..., None],
) -> None:
    content = tiny.prediction_zip(challenge, right=0.9)
    falls, stays = enter("A", content=content), enter("B", 0.6)
    rises = enter("C", content=b"no zip")
    next_scorer(refuses=[content], accepts=[b"no zip"])
    rescore.versions = Versions("next", rescore.stage.data_version)
    before = state_of(session)
    difference = rescore.preview()
    assert state_of(session) == before
    assert [(one.submission_id, one.before.value, one.after.value) for one in difference.verdicts or ()] == [
        (falls.id, "scored", "refused"),
        (rises.id, "refused", "scored"),
    ]
    rescore.apply()
    assert board(session, challenge) == [(1, "B", 0.6), (2, "C", 0.5)]
    assert (falls.state, stays.state, rises.state) == (State.REFUSED, State.SCORED, State.SCORED)
    assert [fault["text"] for fault in falls.faults] == [
        "prediction/id00000001.csv, row 7: expected something new, found the old"
    ]
    assert rises.faults == []
    assert visible_score(falls) is None


def test_a_sealed_stage_is_rescored_without_a_score_in_the_answer(
    session: Session,
    data: DataFolder,
    challenge: Challenge,
    enter: Enter,
    judge: Judge,
    new_labels: Callable[..., Path],
) -> None:
    for team, right in (("A", 0.8), ("B", 0.6)):
        enter(team, right, stage="private")
    stage = find_stage(session, "private")
    versions = Versions(judging.SCORER_VERSION, keep_labels(data, challenge, "private", new_labels("private")))
    verdicts = judge_aside(session, judge, stage, versions)
    for way in (service.preview, service.apply):
        difference = way(session, stage, versions, verdicts)
        assert (difference.teams, difference.verdicts) == (None, None)
        assert (difference.ranks_changed, difference.verdicts_changed) == (2, 0)
    assert find_stage(session, "private").data_version == versions.data
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "stage.rescore")).one()
    assert "0.2" not in str(entry.details)

"""Make the scores of other versions live: all at once, or only to see what would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.audit.service import record
from scorer.server.db import writing
from scorer.server.leaderboard.models import Standing
from scorer.server.leaderboard.service import rank_teams, write_standing
from scorer.server.refusals import Conflict
from scorer.server.rescoring.aside import JUDGED, Versions
from scorer.server.rescoring.difference import Difference, VerdictChange, by_team, compare
from scorer.server.stages.models import Stage
from scorer.server.stages.service import lock_stage
from scorer.server.submissions.judging import note_verdict
from scorer.server.submissions.models import Score, State, Submission
from scorer.verdict import Verdict


class JudgedMeanwhile(Conflict):
    """A submission was judged after the others were judged anew."""


def preview(session: Session, stage: Stage, versions: Versions, verdicts: Mapping[int, Verdict]) -> Difference:
    """What `apply` would change. It is done, and taken back: so it is what `apply` does.

    Raises:
        JudgedMeanwhile: as `apply`.
    """
    with writing(session):
        difference, _ = _switch(session, lock_stage(session, stage), versions, verdicts)
        session.rollback()
    return difference


def apply(session: Session, stage: Stage, versions: Versions, verdicts: Mapping[int, Verdict]) -> Difference:
    """Make the scores of other versions live: verdicts, standings and the stage's versions in one transaction.

    Args:
        session: to write with.
        stage: whose scores.
        versions: of the scores that `judge_aside` kept.
        verdicts: what `judge_aside` returned.

    Raises:
        JudgedMeanwhile: a submission has no score by these versions: it was judged since.
    """
    with writing(session):
        stage = lock_stage(session, stage)
        difference, has_changed = _switch(session, stage, versions, verdicts)
        if not has_changed:
            session.rollback()
            return difference
        record(
            session,
            account=None,
            action="stage.rescore",
            subject=f"stage {stage.name}",
            details={
                "scorer_version": [difference.before.scorer, versions.scorer],
                "data_version": [difference.before.data, versions.data],
                "ranks_changed": difference.ranks_changed,
                "verdicts_changed": difference.verdicts_changed,
            },
        )
    return difference


def _switch(
    session: Session, stage: Stage, versions: Versions, verdicts: Mapping[int, Verdict]
) -> tuple[Difference, bool]:
    """Write all that changes; returns what that is for people, and whether anything at all does."""
    judged = session.scalars(
        select(Submission).where(Submission.stage_id == stage.id, Submission.state.in_(JUDGED)).order_by(Submission.id)
    ).all()
    _check_all_known(session, judged, versions, verdicts)
    live, places, standings = Versions.live_in(stage), by_team(rank_teams(session, stage)), _standings(session, stage)
    changes = _write_verdicts(judged, verdicts)
    stage.scorer_version, stage.data_version = versions.scorer, versions.data
    session.flush()
    for team_id in sorted({submission.team_id for submission in judged} | standings.keys()):
        write_standing(session, stage_id=stage.id, team_id=team_id)
    session.flush()
    teams = compare(places, by_team(rank_teams(session, stage)))
    is_sealed = not stage.shows_scores(clock.utc_now())
    difference = Difference(
        before=live,
        after=versions,
        teams=None if is_sealed else teams,
        verdicts=None if is_sealed else changes,
        ranks_changed=sum(team.changes_rank for team in teams),
        verdicts_changed=len(changes),
    )
    return difference, bool(live != versions or changes or standings != _standings(session, stage))


def _check_all_known(
    session: Session, judged: Sequence[Submission], versions: Versions, verdicts: Mapping[int, Verdict]
) -> None:
    """Raise JudgedMeanwhile where a submission has neither a score by these versions nor a refusal."""
    by_versions = (Score.scorer_version == versions.scorer, Score.data_version == versions.data)
    scored = set(session.scalars(select(Score.submission_id).where(*by_versions)))
    unknown = [
        one.id
        for one in judged
        if (one.id not in scored and (one.id not in verdicts or verdicts[one.id].accepted))
        or (one.state is State.REFUSED and one.id not in verdicts)
    ]
    if unknown:
        raise JudgedMeanwhile(
            f"Expected every submission judged anew, found {len(unknown)} that were judged meanwhile. Run it again."
        )


def _write_verdicts(judged: Sequence[Submission], verdicts: Mapping[int, Verdict]) -> list[VerdictChange]:
    changes = []
    for submission in judged:
        if (verdict := verdicts.get(submission.id)) is not None:
            before = submission.state
            note_verdict(submission, verdict)
            if submission.state is not before:
                changes.append(VerdictChange(submission.id, before, submission.state))
    return changes


def _standings(session: Session, stage: Stage) -> dict[int, tuple[float, ...]]:
    """Every standing of the stage as values, by the team's id."""
    query = select(
        Standing.team_id,
        Standing.submission_id,
        Standing.score,
        Standing.interval_low,
        Standing.interval_high,
        Standing.entries,
    )
    return {row.team_id: tuple(row) for row in session.execute(query.where(Standing.stage_id == stage.id))}

"""The rules for stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer import SCORER_VERSION
from scorer.server import clock
from scorer.server.db import known_id
from scorer.server.refusals import Forbidden, NotFound
from scorer.server.stages.models import Stage


def create_stages(session: Session, challenge: Challenge, data_versions: Mapping[str, str]) -> None:
    """Write the challenge's stages into an empty database, with its dates.

    Without a date the first stage is open from now on, and the others are closed until somebody opens them.
    Scores of a stage are shown at once where its streams are everybody's; where they are kept for a later
    stage, so are the scores, until they are released.

    `data_versions` holds the version of the labels, by split.
    """
    now = clock.utc_now()
    for position, stage in enumerate(challenge.stages):
        public = challenge.split(stage.split).is_everybodys
        session.add(
            Stage(
                name=stage.name,
                title=stage.title,
                position=position,
                split=stage.split,
                metric=challenge.task.metric,
                submissions_per_day=stage.submissions_per_day,
                submissions_in_total=stage.submissions_in_total,
                opens_at=stage.opens_at or (now if position == 0 else None),
                closes_at=stage.closes_at,
                scores_released_at=now if public else None,
                data_version=data_versions[stage.split],
                scorer_version=SCORER_VERSION,
                admission_needed=position > 0 and challenge.stages[position - 1].admits is not None,
                ladder_step=stage.ladder_step,
                board_version=0,
            )
        )


def list_stages(session: Session) -> list[Stage]:
    """All stages, in their order."""
    return list(session.scalars(select(Stage).order_by(Stage.position)))


def open_now(session: Session) -> list[Stage]:
    """The stages that accept predictions at this moment, in their order."""
    now = clock.utc_now()
    return [stage for stage in list_stages(session) if stage.is_open(now)]


def find_stage(session: Session, name: str) -> Stage:
    """The stage of that name. Raises NotFound that lists the names there are."""
    stages = list_stages(session)
    for stage in stages:
        if stage.name == name:
            return stage
    raise NotFound(f"Expected a stage of {[stage.name for stage in stages]}, found {name[:100]!r}.", field="stage")


def lock_stage(session: Session, stage: Stage, *, read: bool = False) -> Stage:
    """The stage as it is now and stays until the transaction ends; with `read`, others may hold it so as well.

    Stages are locked before teams and submissions, so that no two transactions wait for each other.
    """
    query = select(Stage).where(Stage.id == known_id(stage)).with_for_update(read=read)
    # What was read before the lock was waited for may be old.
    return session.scalars(query.execution_options(populate_existing=True)).one()


def list_visible_stages(session: Session) -> list[Stage]:
    """The stages whose scores may be seen, in their order."""
    return list(session.scalars(select(Stage).where(shows_scores(clock.utc_now())).order_by(Stage.position)))


def find_visible_stage(session: Session, name: str | None) -> Stage:
    """A stage whose scores may be seen: that of the name, or the first of all.

    Raises:
        NotFound: no such stage, or its scores are sealed: the two look alike.
    """
    visible = list_visible_stages(session)
    for stage in visible:
        if name is None or stage.name == name:
            return stage
    raise no_leaderboard([stage.name for stage in visible])


def no_leaderboard(visible: Sequence[str]) -> NotFound:
    """The refusal to show another leaderboard than those of the stages with these names."""
    return NotFound(f"Expected a stage with a leaderboard: {list(visible)}.", field="stage")


def check_open(stage: Stage, now: datetime) -> None:
    """Raise Forbidden where the stage accepts nothing at that moment."""
    if stage.is_open(now):
        return
    if stage.opens_at is None or now < stage.opens_at:
        when = f"opens at {stage.opens_at:%Y-%m-%d %H:%M} UTC" if stage.opens_at else "is not open yet"
        raise Forbidden(f"{stage.title} {when}.", field="stage")
    raise Forbidden(f"{stage.title} closed at {stage.closes_at:%Y-%m-%d %H:%M} UTC.", field="stage")


def shows_scores(now: datetime) -> ColumnElement[bool]:
    """The condition that every query for scores carries: the stage's are released."""
    return and_(Stage.scores_released_at.is_not(None), Stage.scores_released_at <= now)

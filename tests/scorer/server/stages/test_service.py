from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.refusals import Forbidden, NotFound
from scorer.server.stages import service
from scorer.server.stages.models import Stage


def test_at_first_the_first_stage_is_open_and_the_others_are_closed(session: Session) -> None:
    assert [stage.name for stage in service.list_stages(session)] == ["public", "private"]
    assert [stage.name for stage in service.open_now(session)] == ["public"]


def test_the_scores_of_a_stage_whose_data_is_not_everybodys_are_sealed(session: Session) -> None:
    assert [stage.name for stage in service.list_visible_stages(session)] == ["public"]
    with pytest.raises(NotFound, match="public") as sealed:
        service.find_visible_stage(session, "private")
    with pytest.raises(NotFound) as unknown:
        service.find_visible_stage(session, "nothing")
    assert sealed.value.message == unknown.value.message


def test_a_stage_is_open_from_its_first_moment_until_before_its_last(session: Session, set_clock: Any) -> None:
    stage = service.find_stage(session, "public")
    stage.opens_at = set_clock.now + timedelta(seconds=10)
    stage.closes_at = set_clock.now + timedelta(seconds=20)
    session.commit()
    with pytest.raises(Forbidden, match="Stage 1: public test opens at"):
        service.check_open(stage, set_clock.now)
    set_clock.forward(seconds=10)
    service.check_open(stage, set_clock.now)
    set_clock.forward(seconds=9.999999)
    assert service.open_now(session) == [stage]
    set_clock.forward(seconds=0.000001)
    assert service.open_now(session) == []
    with pytest.raises(Forbidden, match=r"closed at .* UTC"):
        service.check_open(stage, set_clock.now)


def test_an_unknown_stage_is_answered_with_the_names_there_are(session: Session) -> None:
    with pytest.raises(NotFound, match="Expected a stage of \\['public', 'private'\\], found 'final'"):
        service.find_stage(session, "final")


def test_stages_have_the_dates_of_the_challenge(session: Session, challenge: Challenge) -> None:
    first, second = challenge.stages
    dates = [datetime(2017, month, 1, 12, tzinfo=UTC) for month in (3, 6, 9)]
    stages = (
        first.model_copy(update={"opens_at": dates[0], "closes_at": dates[1], "ladder_step": 0.01}),
        second.model_copy(update={"opens_at": dates[1], "closes_at": dates[2]}),
    )
    session.execute(delete(Stage))
    dated = challenge.model_copy(update={"stages": stages})
    service.create_stages(session, dated, {"public": "1", "private": "1"})
    session.commit()
    made = service.list_stages(session)
    assert [(stage.opens_at, stage.closes_at) for stage in made] == [(dates[0], dates[1]), (dates[1], dates[2])]
    assert [(stage.admission_needed, stage.ladder_step) for stage in made] == [(False, 0.01), (True, None)]


def test_a_first_stage_with_a_date_does_not_open_before_it(
    session: Session, challenge: Challenge, set_clock: Any
) -> None:
    first, second = challenge.stages
    first = first.model_copy(update={"opens_at": set_clock.now + timedelta(hours=1)})
    session.execute(delete(Stage))
    service.create_stages(
        session, challenge.model_copy(update={"stages": (first, second)}), {"public": "1", "private": "1"}
    )
    session.commit()
    assert service.open_now(session) == []
    set_clock.forward(hours=1)
    assert [stage.name for stage in service.open_now(session)] == ["public"]

"""What of a verdict may be shown to whom: scores that are sealed stay so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import pytest
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import clock
from scorer.server.stages.service import find_stage
from scorer.server.verification import shown
from scorer.server.verification.models import Bundle, Verification
from scorer.server.verification.service import ask
from scorer.server.verification.shown import ShownVerdict
from scorer.verification.verdict import Comparison, Decision, Flag, Hashes, RecordingDifference, RunRecord, Verdict

Show = Callable[[Session, Challenge, Verification], ShownVerdict | None]


def compared(stage: str, score: str, *, trial: bool = False) -> Comparison:
    return Comparison(
        stage=stage,
        split=stage,
        leaderboard_score=None if trial else score,
        run_score=None if trial else f"{score}1",
        residual=None if trial else "0.00001",
        tolerance="0.01",
        within=True,
        frames=1000,
        differ=10,
        repeat_differ=None,
        disguised_differ=0,
        disguised_residual=None if trial else "0.00001",
        depends_on_names=False,
        recordings=(RecordingDifference("id0000000a", 1000, 10),),
    )


def verdict(*comparisons: Comparison) -> Verdict:
    return Verdict(
        decision=Decision.MATCHED,
        reason="within the tolerance",
        comparisons=comparisons,
        runs=(RunRecord("public", "done", "done", 0, 1.0, 0.5, 1000),),
        flags=(Flag("copied", "a.csv is submission 1"), Flag("random", "12 frames")),
        hashes=Hashes("b" * 64, {"public": "d" * 64}, "e" * 64, "1"),
        sandbox="bubblewrap 0.11.0",
        environment="the kit's own",
    )


@pytest.fixture
def verified(session: Session, candidate: Bundle) -> Verification:
    asked = ask(session, candidate.team, account=None)
    asked.verdict = verdict(compared("public", "0.5948"), compared("private", "0.6321")).to_dict()
    session.commit()
    return asked


@pytest.mark.parametrize("show", [shown.for_team, shown.for_organiser])
def test_the_scores_of_a_sealed_stage_are_left_out_for_everybody(
    session: Session, challenge: Challenge, verified: Verification, show: Show
) -> None:
    found = show(session, challenge, verified)
    assert found is not None
    public, private = found.comparisons
    assert (public.leaderboard_score, public.run_score, public.sealed) == ("0.5948", "0.59481", False)
    assert (private.leaderboard_score, private.run_score, private.sealed) == (None, None, True)
    assert (private.within, private.differ, private.title) == (True, 10, find_stage(session, "private").title)
    assert "0.632" not in json.dumps(asdict(found))


@pytest.mark.parametrize(("show", "residual"), [(shown.for_team, None), (shown.for_organiser, "0.00001")])
def test_the_residual_of_a_sealed_stage_is_the_organisers_alone(
    session: Session, challenge: Challenge, verified: Verification, show: Show, residual: str | None
) -> None:
    found = show(session, challenge, verified)
    assert found is not None
    public, private = found.comparisons
    assert public.residual == "0.00001"
    assert private.residual == residual


@pytest.mark.parametrize("show", [shown.for_team, shown.for_organiser])
def test_once_they_are_released_they_are_shown(
    session: Session, challenge: Challenge, verified: Verification, show: Show
) -> None:
    find_stage(session, "private").scores_released_at = clock.utc_now()
    session.commit()
    found = show(session, challenge, verified)
    assert found is not None
    assert [one.leaderboard_score for one in found.comparisons] == ["0.5948", "0.6321"]
    assert not any(one.sealed for one in found.comparisons)


def test_on_the_ladder_a_team_is_not_told_its_exact_score(
    session: Session, challenge: Challenge, verified: Verification
) -> None:
    find_stage(session, "public").ladder_step = 0.01
    session.commit()
    mine = shown.for_team(session, challenge, verified)
    organisers = shown.for_organiser(session, challenge, verified)
    assert mine is not None
    assert organisers is not None
    assert mine.comparisons[0].run_score is None
    assert organisers.comparisons[0].run_score == "0.59481"


def test_recordings_are_named_to_the_team_only_where_it_sees_its_score_by_recording(
    session: Session, challenge: Challenge, verified: Verification
) -> None:
    shows = [("confusion",), ("confusion", "recordings")]
    stages = [stage.model_copy(update={"shows": one}) for stage, one in zip(challenge.stages, shows, strict=True)]
    changed = challenge.model_copy(update={"stages": tuple(stages)})
    mine = shown.for_team(session, changed, verified)
    organisers = shown.for_organiser(session, changed, verified)
    assert mine is not None
    assert organisers is not None
    assert [len(one.recordings) for one in mine.comparisons] == [0, 1]
    assert [len(one.recordings) for one in organisers.comparisons] == [1, 1]


def test_what_a_person_decides_about_first_is_not_told_to_the_team(
    session: Session, challenge: Challenge, verified: Verification
) -> None:
    mine = shown.for_team(session, challenge, verified)
    organisers = shown.for_organiser(session, challenge, verified)
    assert mine is not None
    assert organisers is not None
    assert [flag.kind for flag in mine.flags] == ["random"]
    assert [flag.kind for flag in organisers.flags] == ["copied", "random"]


def test_a_trial_has_no_scores_to_seal(session: Session, challenge: Challenge, verified: Verification) -> None:
    verified.verdict = verdict(compared("private", "0.6321", trial=True)).to_dict()
    session.commit()
    found = shown.for_team(session, challenge, verified)
    assert found is not None
    assert (found.comparisons[0].sealed, found.comparisons[0].differ) == (False, 10)


def test_without_a_verdict_nothing_is_shown(session: Session, challenge: Challenge, candidate: Bundle) -> None:
    assert shown.for_team(session, challenge, ask(session, candidate.team, account=None)) is None

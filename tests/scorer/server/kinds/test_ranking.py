"""Who stands where, with a score of which more is better, and with one of which less is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from data_spec.competition import Admission as Rule
from scorer.ranking import METRICS
from scorer.server.stages.closing import list_admissible
from scorer.server.stages.models import Stage
from tests.scorer.server import tiny_corpus
from tests.scorer.server.tiny_kinds import TinyKind

Enter = Callable[..., dict[str, Any]]

TEAMS = {"Middle": 0.85, "Last": 0.3, "First": 0.95}


@pytest.fixture
def sent(enter: Enter) -> dict[str, dict[str, Any]]:
    """Three teams with a submission each, of which two are better than the baseline."""
    return {team: enter(team, good) for team, good in TEAMS.items()}


def ladder(kind: TinyKind) -> int:
    """1 where the greatest score is the best, -1 where the least is."""
    return 1 if METRICS[kind.challenge.task.metric].greater_is_better else -1


def names(client: FlaskClient, **filters: str) -> list[str]:
    """The teams of the CSV file, in its order."""
    text = client.get("/leaderboard.csv", query_string={"stage": "test", **filters}).text
    return [row["Team"] for row in csv.DictReader(io.StringIO(text))]


def test_the_best_stands_first_and_the_baseline_at_its_place(
    kind: TinyKind, client: FlaskClient, sent: dict[str, dict[str, Any]]
) -> None:
    baseline = kind.challenge.baseline
    order = ["First", "Middle", baseline.name, "Last"]
    rows = client.get("/api/v1/leaderboard").json["rows"]
    assert [(row["rank"], row["team"]) for row in rows] == list(zip([1, 2, None, 3], order, strict=True))
    assert [row["score"] for row in rows if row["team"] != baseline.name] == [
        sent[team]["score"] for team in order if team != baseline.name
    ]
    scores = [ladder(kind) * row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert names(client) == order
    page = client.get("/leaderboard").text
    places = [page.index(f">{name}<" if name != baseline.name else name) for name in order]
    assert places == sorted(places)
    assert sent["First"]["rank"] == 1, "it was told its rank when it arrived last"


def test_over_the_baseline_is_who_is_better(
    client: FlaskClient, sent: dict[str, dict[str, Any]], kind: TinyKind
) -> None:
    assert names(client, over_baseline="1") == ["First", "Middle", kind.challenge.baseline.name]
    assert "Last" not in client.get("/leaderboard?over_baseline=1").text


@pytest.mark.parametrize(("top", "over_baseline", "admitted"), [(3, False, 3), (3, True, 2), (1, True, 1)])
def test_a_stage_admits_the_best_and_where_it_says_so_those_over_the_baseline(
    kind: TinyKind,
    session: Session,
    stage: Stage,
    sent: dict[str, dict[str, Any]],
    top: int,
    over_baseline: bool,
    admitted: int,
) -> None:
    rule = Rule(top=top, over_baseline=over_baseline)
    stages = (kind.challenge.stages[0].model_copy(update={"admits": rule}),)
    challenge = kind.challenge.model_copy(update={"stages": stages})
    session.expire_all()
    found = [place.name for place in list_admissible(session, challenge, stage)]
    assert found == ["First", "Middle", "Last"][:admitted]


def test_of_a_team_the_best_counts_and_a_choice_wins_over_it(
    kind: TinyKind, client: FlaskClient, enter: Enter, token: Callable[[str], dict[str, str]]
) -> None:
    worse, better, worst = enter("A", 0.6), enter("A", 0.9), enter("A", 0.5)

    def counting() -> float:
        [row] = [row for row in client.get("/api/v1/leaderboard").json["rows"] if not row["baseline"]]
        assert row["entries"] == 3
        return float(row["score"])

    assert counting() == better["score"]
    signed = [ladder(kind) * one["score"] for one in (worst, worse, better)]
    assert signed == sorted(signed)
    page = client.get("/leaderboard").text
    rises = "rose" if ladder(kind) == 1 else "fell"
    assert f"the best {rises} from {worse['score']:.4f} to {better['score']:.4f} in 1 step" in page


def test_on_a_ladder_a_score_is_told_when_it_is_better_by_a_step(
    kind: TinyKind, session: Session, stage: Stage, client: FlaskClient, enter: Enter
) -> None:
    stage.ladder_step = 0.1
    session.commit()
    told = [enter("A", good)["score"] for good in (0.5, 0.7, 0.71, 0.4, 1.0)]
    assert [score is None for score in told] == [False, False, True, True, False]
    shown = [score for score in told if score is not None]
    assert shown == pytest.approx([round(score, 1) for score in shown])
    assert [ladder(kind) * score for score in shown] == sorted(ladder(kind) * score for score in shown)
    [row] = [row for row in client.get("/api/v1/leaderboard").json["rows"] if not row["baseline"]]
    assert row["score"] == shown[-1]


def half_good(kind: TinyKind, even: float, odd: float) -> bytes:
    """Predictions that are better for every other recording."""
    sets = (kind.predictions(even), kind.predictions(odd))
    files = kind.files({name: sets[number % 2][name] for number, name in enumerate(sorted(kind.truth))})
    return tiny_corpus.zip_of(files)


def test_teams_that_the_recordings_cannot_tell_apart_are_marked(
    kind: TinyKind, client: FlaskClient, enter: Enter
) -> None:
    enter("Even", content=half_good(kind, 0.95, 0.85))
    enter("Odd", content=half_good(kind, 0.85, 0.95))
    enter("Far", 0.4)
    rows = [row for row in client.get("/api/v1/leaderboard").json["rows"] if not row["baseline"]]
    assert {row["team"] for row in rows[:2]} == {"Even", "Odd"}
    assert [row["tie_group"] for row in rows] == [1, 1, 3]
    assert "bracket first" in client.get("/leaderboard").text


def test_intervals_hold_the_score(kind: TinyKind, sent: dict[str, dict[str, Any]]) -> None:
    for told in sent.values():
        low, high = told["interval"]
        assert low <= told["score"] <= high or np.isclose(low, high)


def test_the_dash_of_an_interval_is_not_taken_for_a_sign(kind: TinyKind, client: FlaskClient, enter: Enter) -> None:
    low, high = enter("A", 0.45)["interval"]
    dash = "–" if low >= 0 else " to "
    assert f"{low:.3f}{dash}{high:.3f}" in client.get("/leaderboard").text

"""What the pages tell a visitor of a challenge that asks for numbers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.scorer.server.tiny_kinds import TinyKind

WORDS = {
    "mosei": (
        "A row is a segment.",
        "from 0, not at all, to 3, in 9 steps",
        "mean absolute error over all emotions of all segments of all recordings. Less is better.",
        "segments × 6 emotions",
        "<code>happy</code> 0 to 3",
    ),
    "mspface": (
        "its file has one row",
        "or chose other,",
        "over the clips of happiness, anger, neutral, disgust, sadness alone",
        "the concordance of arousal, valence, dominance over all clips",
        "<code>anger</code> 0 to 1",
        "<code>dominance</code> 1 to 7",
    ),
    "recola": (
        "There are 25 rows a second.",
        "the concordance of arousal and valence over all frames of all recordings",
        "variance of the truth + variance of the prediction",
        "<code>valence</code> -1 to 1",
        "sound/RECORDING.flac",
        "faces/RECORDING.mp4",
        "110 × 110",
    ),
}

HOME = {
    "mosei": ("Tell how strong", "less is better", "--system early_fusion", "0.6000: Random intensities"),
    "mspface": ("Of each", "clip as a whole", "dominance (1 to 7)", "--system speech_face_audiovisual"),
    "recola": ("Follow", "arousal (-1 to 1)", "25 frames a second", "--system context_regression"),
}


def words_of(client: FlaskClient, page: str) -> str:
    """The page with one space between words."""
    answer = client.get(page)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_the_page_about_data_says_what_is_asked_and_what_is_legal(kind: TinyKind, client: FlaskClient) -> None:
    page = words_of(client, "/data")
    for words in WORDS[kind.challenge.name]:
        assert words in page, words
    assert ",".join(kind.challenge.task.columns) in page
    assert ",".join(kind.challenge.task.label_columns) in page
    for foreign in ("one <code>1</code>. The header", "no probabilities", "the weighted accuracy"):
        assert foreign not in page, foreign


def test_the_first_page_says_the_task_the_baseline_and_how_to_begin(kind: TinyKind, client: FlaskClient) -> None:
    page = words_of(client, "/")
    for words in HOME[kind.challenge.name]:
        assert words in page, words
    assert "Weighted" not in page


def test_the_rules_rank_by_the_challenges_own_figure(kind: TinyKind, client: FlaskClient) -> None:
    page = words_of(client, "/rules")
    named = {"mosei": "mean absolute error", "mspface": "concordance (CCC)", "recola": "concordance (CCC)"}
    assert f"Teams are ranked by {named[kind.challenge.name]}" in page
    assert ("less is better" in page) == (kind.challenge.name == "mosei")


def test_the_api_describes_the_challenge(kind: TinyKind, client: FlaskClient) -> None:
    told: dict[str, Any] = client.get("/api/v1/challenge").json
    task = kind.challenge.task
    assert (told["kind"], told["metric"], told["rate"]) == (task.kind, task.metric, task.rate)
    assert told["columns"] == list(task.columns)
    assert told["greater_is_better"] is (task.metric != "mean_absolute_error")
    forms = {one["name"]: one["form"] for one in told["modalities"]}
    assert forms == {one.name: one.form for one in kind.challenge.modalities}


@pytest.mark.parametrize("page", ["/", "/data", "/rules", "/leaderboard", "/downloads"])
def test_no_page_says_what_nothing_is_known_of(kind: TinyKind, client: FlaskClient, page: str) -> None:
    text = client.get(page).text
    assert re.search(r"\bNone\b(?! of these ranks)|\bUndefined\b", text) is None

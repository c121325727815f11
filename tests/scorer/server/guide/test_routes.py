from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import current
from scorer.server.current import Server
from scorer.server.guide import routes
from scorer.server.stages.models import Stage

pytestmark = pytest.mark.one_kind


def words_of(client: FlaskClient, page: str) -> str:
    """The page with one space between words."""
    answer = client.get(page)
    assert answer.status_code == 200
    return " ".join(answer.text.replace("\N{NARROW NO-BREAK SPACE}", " ").split())


def test_the_page_about_data_says_what_the_challenge_says(client: FlaskClient) -> None:
    page = words_of(client, "/data")
    for words in (
        "face_nn/",
        "time and 36",
        "names the columns",
        "to be skipped",
        "Agreement score",
        "over 0.6 (at 0.6 it does not)",
        "less than 0.000001 seconds",
        "About 24 % of all values are missing",
        "face in 10.5 % of the recordings",
        "<code>0.0</code>",
        "<code>__MACOSX</code>",
        "200 kB",
        "python -m scorer check predictions.zip --templates participants/test",
    ):
        assert words in page, words


def test_the_rules_are_those_of_the_challenge_and_its_stages(client: FlaskClient) -> None:
    page = words_of(client, "/rules")
    for words in (
        "Stage 2: private test",
        "the top 50 over the baseline (0.5250) are admitted",
        "at most 5 members",
        "midnight in the zone UTC",
        "by at most 0.01",
        "Scores are sealed",
        "by the teams that were admitted",
        "to be announced",
    ):
        assert words in page, words


def test_the_rules_tell_limits_and_dates_as_an_organiser_changed_them(
    client: FlaskClient, session: Session, set_clock: Any
) -> None:
    stage = session.scalars(select(Stage).order_by(Stage.position)).first()
    assert stage is not None
    stage.submissions_in_total, stage.closes_at, stage.ladder_step = (
        77,
        set_clock.now.replace(2031, 5, 17, 8, 30),
        0.005,
    )
    session.commit()
    page = words_of(client, "/rules")
    assert "2031-05-17 08:30 UTC" in page
    assert ">77<" in page
    assert "only when it is better by at least 0.005" in page


@pytest.mark.parametrize("page", ["/data", "/rules"])
def test_the_pages_are_of_any_challenge(
    app: Flask, server: Server, client: FlaskClient, session: Session, bird_calls: Challenge, page: str
) -> None:
    exam, second = session.scalars(select(Stage).order_by(Stage.position))
    exam.name, exam.split, exam.title = "exam", "exam", "The exam"
    session.delete(second)
    session.commit()
    rules = bird_calls.verification.model_copy(update={"report_sections": ("How it listens",)})
    bird_calls = bird_calls.model_copy(update={"verification": rules})
    current.attach(app, replace(server, challenge=bird_calls))
    app.context_processor(lambda: {"challenge": bird_calls})
    text = words_of(client, page)
    assert "What a bird says" in text
    for stranger in ("Anger", "kinect", "merc2017", "participants/test", "missing data", "admitted"):
        assert stranger.lower() not in text.lower(), stranger


def test_no_template_of_the_guide_names_what_belongs_to_one_challenge(merc2017: Challenge) -> None:
    text = " ".join(path.read_text() for path in (Path(routes.__file__).parent / "templates").rglob("*.html"))
    own = [merc2017.name, *merc2017.task.labels, *(modality.folder + "/" for modality in merc2017.modalities)]
    assert [word for word in own if word in text] == []


def test_the_rules_of_verification_are_those_of_the_challenge(app: Flask, server: Server, client: FlaskClient) -> None:
    rules = server.challenge.verification.model_copy(
        update={"max_residual": 0.025, "report_sections": ("The idea", "The data"), "trial_recordings": 1}
    )
    challenge = server.challenge.model_copy(update={"verification": rules})
    current.attach(app, replace(server, challenge=challenge))
    app.context_processor(lambda: {"challenge": challenge})
    page = words_of(client, "/rules")
    for words in (
        "by at most 0.025, on every test set",
        "A team that takes part in Stage 2: private test",
        "It may send 10 a day.",
        "at most 300 MB",
        "sections on The idea and The data",
        "tried on 1 recording at once",
        "may take 1 h, 2 h of CPU time and 4.3 GB of memory",
    ):
        assert words in page

from __future__ import annotations

import csv
import io
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from data_spec.challenge import Challenge
from scorer.server.leaderboard.interval_plot import scale_of
from scorer.server.leaderboard.service import Row
from scorer.server.leaderboard.table_files import to_csv

PASSWORD = "correct horse battery"


@pytest.fixture
def formula_team(client: FlaskClient, challenge: Challenge, tiny: ModuleType) -> str:
    """A team with a name that a spreadsheet would run, and a score of .7."""
    name = '=HYPERLINK("http://evil.example","x")'
    client.post("/api/v1/accounts", json={"email": "eve@example.org", "display_name": "Eve", "password": PASSWORD})
    body = {"email": "eve@example.org", "password": PASSWORD, "name": "t"}
    headers = {"Authorization": f"Bearer {client.post('/api/v1/tokens', json=body).json['token']}"}
    assert client.post("/api/v1/team", json={"name": name}, headers=headers).status_code == 201
    content = tiny.prediction_zip(challenge, right=0.7, spread=0.1)
    answer = client.post(
        "/api/v1/stages/public/submissions", data=content, headers=headers, content_type="application/zip"
    )
    assert answer.status_code == 201
    return name


def test_the_page_shows_rank_team_score_interval_entries_and_when(client: FlaskClient, formula_team: str) -> None:
    page = client.get("/leaderboard").text
    for words in ("=HYPERLINK(&#34;http://evil.example&#34;", "0.7000", "0.600–0.800", "1 entry", "Naive baseline"):
        assert words in page
    assert '<time datetime="' in page
    assert " UTC</time>" in page
    assert "your team" not in page
    assert "eve@example.org" not in page


def test_a_team_sees_its_own_row_marked(client: FlaskClient, browser: Any, formula_team: str) -> None:
    browser.send("/login", email="eve@example.org", password=PASSWORD)
    page = client.get("/leaderboard").text
    assert page.count('class="own"') == 1
    assert "your team" in page


def test_the_csv_file_is_safe_in_a_spreadsheet(client: FlaskClient, formula_team: str) -> None:
    answer = client.get("/leaderboard.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment; filename=leaderboard-public.csv" in answer.headers["Content-Disposition"]
    header, first, baseline = csv.reader(io.StringIO(answer.text))
    assert header[:3] == ["Rank", "Team", "Score"]
    assert first[:6] == ["1", f"'{formula_team}", "0.7000", "0.6000", "0.8000", "1"]
    assert first[6].endswith("+00:00")
    assert baseline == ["", "Naive baseline (decision fusion)", "0.5250", "", "", "", ""]


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_no_cell_begins_a_formula(start: str) -> None:
    row = Row(1, 1, f"{start}cmd", 0.5, (0.4, 0.6), 1, None)
    assert next(iter(list(csv.reader(io.StringIO(to_csv([row]), newline="")))[1:]))[1] == f"'{start}cmd"


def test_the_json_answer_is_public_and_has_the_same(client: FlaskClient, formula_team: str) -> None:
    board = client.get("/api/v1/leaderboard").json
    assert board["stage"] == "public"
    first, baseline = board["rows"]
    assert (first["rank"], first["team"], first["score"], first["entries"]) == (1, formula_team, 0.7, 1)
    assert first["received_at"].endswith("Z")
    assert (baseline["rank"], baseline["baseline"], baseline["score"]) == (None, True, 0.525)


def test_without_teams_the_board_has_the_baseline_and_an_invitation(client: FlaskClient) -> None:
    page = client.get("/leaderboard").text
    assert "Naive baseline" in page
    assert "No team has a score yet." in page


def test_a_scale_holds_all_marks() -> None:
    rows = [Row(1, 1, "A", 0.5, (0.4, 0.6), 1, None), Row(None, None, "B", 0.1, None, None, None)]
    scale = scale_of(rows)
    assert 0 < scale.x(0.1) < scale.x(0.5) < scale.x(0.6) < 100
    assert scale_of([]).x(0.5) == 50
    assert scale_of(rows[1:]).x(0.1) == 50

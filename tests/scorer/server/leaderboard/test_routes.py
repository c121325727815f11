from __future__ import annotations

import csv
import io
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.leaderboard.interval_plot import scale_of
from scorer.server.leaderboard.service import Row
from scorer.server.leaderboard.table_files import to_csv
from scorer.server.organiser.disqualification import disqualify
from scorer.server.stages.service import find_stage
from scorer.server.submissions.models import Submission

Scored = Callable[..., Submission]
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
    assert first[7] == "1"
    assert baseline == ["", "Naive baseline (decision fusion)", "0.5250", "", "", "", "", ""]


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


def test_ties_are_said_in_signs_and_in_words(client: FlaskClient, scored: Scored) -> None:
    scored("A", recordings=[0.7, 0.72] * 3)
    scored("B", recordings=[0.72, 0.66] * 3)
    scored("C", recordings=[0.74, 0.64] * 3)
    page = client.get("/leaderboard").text
    assert '<td class="rank bracket first">1</td>' in page
    shared = '2<span aria-hidden="true">=</span><span class="unseen">, shared</span>'
    words = '<span class="unseen">, not distinguishable from rank 1</span>'
    assert f'<td class="rank bracket middle">{shared}{words}</td>' in page
    assert f'<td class="rank bracket last">{shared}{words}</td>' in page


def test_the_page_draws_how_the_best_rose(client: FlaskClient, scored: Scored) -> None:
    for minute, accuracy in enumerate([0.4, 0.3, 0.5]):
        scored("A", accuracy, minute=minute)
    page = client.get("/leaderboard").text
    assert '<path d="M2,12H4V2H58"/>' in page
    assert "the best rose from 0.4000 to 0.5000 in 1 step" in page
    assert "0.3000" not in page


def test_filters_leave_rows_out_and_ranks_as_they_are(client: FlaskClient, browser: Any, scored: Scored) -> None:
    for team, accuracy in (("Analysts", 0.7), ("Bletchley", 0.6), ("Last", 0.1)):
        scored(team, accuracy)
    page = client.get("/leaderboard?team=bletch").text
    assert ("Bletchley" in page, "Analysts" in page, "Naive baseline" in page) == (True, False, False)
    assert '<td class="rank">2</td>' in page
    assert "1 of 3 teams" in page
    assert 'href="/leaderboard.csv?stage=public&amp;team=bletch"' in page
    assert "Last" not in client.get("/leaderboard?over_baseline=1").text
    assert "No team matches." in client.get("/leaderboard?team=%3Cscript%3E").text
    assert 'name="mine"' not in page
    browser.log_in("Last")
    page = client.get("/leaderboard?mine=1").text
    assert ("Last" in page, "Analysts" in page) == (True, False)
    rows = client.get("/leaderboard.csv?mine=1").text.splitlines()
    assert [row.split(",")[1] for row in rows] == ["Team", "Last"]


@pytest.mark.parametrize("query", ["team=" + "x" * 10_000, "team=%00", "over_baseline=x", "mine=%ff"])
def test_any_filter_is_answered(client: FlaskClient, query: str) -> None:
    assert client.get(f"/leaderboard?{query}").status_code == 200
    assert client.get(f"/leaderboard.csv?{query}").status_code == 200


def test_who_has_the_file_is_not_sent_it_again_until_it_changes(
    client: FlaskClient, session: Session, scored: Scored
) -> None:
    submission = scored("A", 0.6)
    tag = client.get("/leaderboard.csv").headers["ETag"]
    answer = client.get("/leaderboard.csv", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert client.get("/leaderboard.csv?team=zzz", headers={"If-None-Match": tag}).status_code == 200
    disqualify(session, submission.team, account=submission.account, because="Two teams.")
    assert client.get("/leaderboard.csv", headers={"If-None-Match": tag}).status_code == 200


def test_a_team_lets_a_submission_count_and_takes_it_back(
    client: FlaskClient, browser: Any, session: Session, scored: Scored
) -> None:
    worse, best = scored("A", 0.4), scored("A", 0.6)
    browser.log_in("A")
    assert "counts" in client.get(f"/submissions/{best.id}").text.partition("</h1>")[0]
    assert "counts" not in client.get(f"/submissions/{worse.id}").text.partition("</h1>")[0]
    answer = browser.send(f"/submissions/{worse.id}", f"/submissions/{worse.id}/choose")
    assert (answer.status_code, answer.location) == (303, f"/submissions/{worse.id}")
    page = client.get(f"/submissions/{worse.id}").text
    assert f"Submission {worse.id} counts now." in page
    assert '<span class="tag">counts, chosen</span>' in page
    assert ">0.4000<" in client.get("/leaderboard").text.replace("\n", "").replace(" ", "")
    listed = client.get("/submissions").text
    assert listed.count("/choose") == listed.count("/unchoose") == 1
    browser.send("/submissions", f"/submissions/{worse.id}/unchoose")
    assert '<span class="tag">counts</span>' in client.get(f"/submissions/{best.id}").text


@pytest.mark.parametrize("way", ["choose", "unchoose"])
def test_a_choice_needs_a_token_of_the_form_and_a_submission_of_ones_own(
    client: FlaskClient, browser: Any, scored: Scored, way: str
) -> None:
    mine, theirs = scored("A", 0.4), scored("B", 0.6)
    assert client.post(f"/submissions/{mine.id}/{way}").status_code == 400
    assert browser.send("/login", f"/submissions/{mine.id}/{way}").location.startswith("/login")
    browser.log_in("A")
    assert client.post(f"/submissions/{mine.id}/{way}").status_code == 400
    assert client.get(f"/submissions/{mine.id}/{way}").status_code == 405
    for number in (theirs.id, 999):
        assert browser.send("/submissions", f"/submissions/{number}/{way}").status_code == 404


def test_on_the_ladder_no_page_of_the_team_tells_an_exact_score(
    client: FlaskClient, browser: Any, session: Session, scored: Scored
) -> None:
    find_stage(session, "public").ladder_step = 0.01
    session.commit()
    climbed, probe = scored("A", 0.6149, minute=0), scored("A", 0.6183, minute=1)
    browser.log_in("A")
    pages = [
        client.get(path).text
        for path in (
            "/leaderboard",
            "/leaderboard.csv",
            "/submissions",
            *(f"/submissions/{one.id}" for one in (climbed, probe)),
        )
    ]
    assert ">0.6100<" in pages[3]
    assert "at least 0.01; this one is not" in pages[4]
    assert f"/submissions/{probe.id}/choose" not in pages[2] + pages[4]
    for page in pages:
        for secret in ("0.6149", "0.615", "0.6183", "0.618", "0.515", "0.715"):
            assert secret not in page


def test_a_team_sees_how_its_own_best_rose(client: FlaskClient, browser: Any, scored: Scored) -> None:
    for minute, accuracy in enumerate([0.4, 0.3, 0.5]):
        scored("A", accuracy, minute=minute)
    browser.log_in("A")
    assert "the best rose from 0.4000 to 0.5000 in 1 step" in client.get("/submissions").text

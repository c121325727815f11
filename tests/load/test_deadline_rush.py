"""The last minute of a stage: every team uploads at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import ModuleType

import pytest
import requests
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account
from scorer.server.data_folder import DataFolder
from scorer.server.submissions.models import Score, State, Submission
from tests.scorer.server.running import run_server

pytestmark = pytest.mark.slow

TEAMS = 40


@pytest.mark.timeout(200)
def test_a_burst_of_every_team_at_once_loses_nothing_and_answers(
    data: DataFolder,
    environment: dict[str, str],
    challenge: Challenge,
    tiny: ModuleType,
    session: Session,
    new_account: Callable[[str], Account],
) -> None:
    tokens = []
    for number in range(TEAMS):
        account = new_account(f"Captain {number}".replace(" ", "-"))
        teams.create_team(session, account, name=f"Team {number}")
        tokens.append(accounts.create_token(session, account, name="test"))
    with run_server(data, environment) as server:
        content = tiny.prediction_zip(challenge, right=0.5)
        answers: list[tuple[int, float]] = []
        together = threading.Barrier(TEAMS)

        def upload(token: str) -> None:
            together.wait()
            begins_at = time.monotonic()
            answer = requests.post(
                f"{server.url}/api/v1/stages/public/submissions",
                data=content,
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/zip"},
                timeout=60,
            )
            answers.append((answer.status_code, time.monotonic() - begins_at))

        threads = [threading.Thread(target=upload, args=(token,)) for token in tokens]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [status for status, _ in answers if status >= 300] == []
        assert len(answers) == TEAMS
        give_up = time.monotonic() + 120
        while True:
            rows = requests.get(f"{server.url}/api/v1/leaderboard", timeout=20).json()["rows"]
            if sum(not row["baseline"] for row in rows) == TEAMS:
                break
            assert time.monotonic() < give_up, "not every team was ranked"
            time.sleep(0.3)
        judged = session.execute(select(Submission.state, Submission.tries, Submission.team_id)).all()
        assert sorted(team_id for *_, team_id in judged) == list(range(1, TEAMS + 1))
        assert {(state, tries) for state, tries, _ in judged} == {(State.SCORED, 1)}
        assert session.scalar(select(func.count()).select_from(Score)) == TEAMS
        seconds = sorted(seconds for _, seconds in answers)
        print(f"{TEAMS} uploads at once: median {seconds[TEAMS // 2]:.2f} s, slowest {seconds[-1]:.2f} s")  # noqa: T201

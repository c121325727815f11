"""The server as a participant's machine sees it: what the client makes of its answers."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from scorer import client as module
from scorer.client import Client
from scorer.connection import Problem, ServerUnreachable
from tests.scorer.scripted_server import hangs_up, running, says

RECEIVED: dict[str, Any] = {
    "id": 7,
    "stage": "public",
    "state": "received",
    "received_at": "2017-09-01T12:30:00Z",
    "notes": [],
    "faults": [],
    "score": None,
    "interval": None,
    "rank": None,
    "counts": False,
    "chosen": False,
}
SCORED = RECEIVED | {"state": "scored", "score": 0.5, "interval": [0.4, 0.6], "rank": 1, "counts": True}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, which passes at once."""
    waited: list[float] = []
    monkeypatch.setattr(module.time, "sleep", waited.append)
    monkeypatch.setattr(module.time, "monotonic", lambda: sum(waited))
    return waited


@pytest.fixture
def zip_path(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(100_000))
    return path


def test_the_verdict_is_asked_for_less_and_less_often(waits: list[float]) -> None:
    with running(*[says(200, RECEIVED)] * 3, says(200, SCORED)) as script, Client(script.url) as client:
        submission = client.wait_for_verdict(module.Submission.model_validate(RECEIVED))
    assert (submission.state, submission.rank) == ("scored", 1)
    assert script.asked == [("GET", "/api/v1/submissions/7")] * 4
    assert waits == sorted(set(waits)), "each wait is longer"


def test_the_wait_for_a_verdict_ends(waits: list[float]) -> None:
    with running(*[says(200, RECEIVED)] * 200) as script, Client(script.url) as client:
        submission = client.wait_for_verdict(module.Submission.model_validate(RECEIVED))
    assert submission.state == "received"
    assert module.VERDICT_SECONDS <= sum(waits) < module.VERDICT_SECONDS + module.LAST_POLL_SECONDS


def test_an_upload_tells_how_far_it_is(zip_path: Path) -> None:
    sent: list[int] = []
    with running(says(202, RECEIVED)) as script, Client(script.url) as client:
        assert client.submit(zip_path, "public", sent.append).id == 7
    assert sum(sent) == 100_000
    assert len(sent) > 3
    assert script.asked == [("POST", "/api/v1/stages/public/submissions")]
    assert script.headers[0]["Content-Length"] == "100000"


def test_an_upload_without_an_answer_is_not_sent_twice(zip_path: Path) -> None:
    with (
        running(hangs_up, says(202, RECEIVED)) as script,
        Client(script.url) as client,
        pytest.raises(ServerUnreachable),
    ):
        client.submit(zip_path, "public")
    assert len(script.asked) == 1


def test_who_is_told_too_large_while_uploading_hears_it(tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    large.write_bytes(bytes(30_000_000))

    def refuses(handler: BaseHTTPRequestHandler) -> None:
        says(413, {"detail": "Expected a zip of at most 200 kB, found a larger one."})(handler)

    with running(refuses) as script, Client(script.url) as client:
        script.reads_bodies = False
        with pytest.raises(Problem) as problem:
            client.submit(large, "public")
    assert (problem.value.status, problem.value.detail[:18]) == (413, "Expected a zip of ")


def test_the_name_of_a_stage_stays_one_part_of_the_address(zip_path: Path) -> None:
    with running(says(404, {"detail": "none"})) as script, Client(script.url) as client, pytest.raises(Problem):
        client.submit(zip_path, "../../team?x#y")
    assert script.asked == [("POST", "/api/v1/stages/..%2F..%2Fteam%3Fx%23y/submissions")]


@pytest.mark.parametrize("content", [{}, {"submissions": [{}], "next_before": None}, {"submissions": 1}])
def test_an_answer_of_another_form_is_no_scoring_servers(content: object) -> None:
    with (
        running(says(200, content)) as script,
        Client(script.url) as client,
        pytest.raises(ServerUnreachable, match="expected a scoring server, found another one"),
    ):
        client.submissions()


def test_who_is_in_no_team_has_none() -> None:
    with running(says(404, {"detail": "You are in no team."})) as script, Client(script.url) as client:
        assert client.team() is None


@pytest.mark.parametrize(("status", "ready"), [(201, True), (202, False)])
def test_an_account_is_ready_or_waits_for_a_mail(status: int, ready: bool) -> None:
    with running(says(status, {"email": "a@example.org", "display_name": "A"})) as script, Client(script.url) as client:
        assert client.register("a@example.org", "A", "correct horse battery") is ready

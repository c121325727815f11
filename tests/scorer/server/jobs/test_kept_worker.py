"""How many processes the workers beside the web server have."""

from __future__ import annotations

import os

import pytest

from scorer.server.jobs.kept_worker import KEPT_QUEUES, MOST_PROCESSES, processes_for


@pytest.mark.parametrize(("cores", "scoring"), [(1, 1), (2, 2), (64, MOST_PROCESSES), (None, 1)])
def test_a_submission_is_scored_on_every_core_and_one_verification_runs_at_a_time(
    cores: int | None, scoring: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert [processes_for(queues) for queues in KEPT_QUEUES] == [scoring, 1]

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from data_spec.challenge import Challenge
from scorer.commands.work import QUEUE_NAMES
from scorer.server.config import Settings
from scorer.server.jobs.celery_app import MAIL, QUEUES, SCORING, VERIFICATION, Jobs, create_celery
from scorer.server.submissions.judging import LEASE


class Noted:
    """Work that is only noted."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def judge(self, submission_id: int) -> None:
        self.done.append(submission_id)

    def sweep(self) -> int:
        self.done.append("sweep")
        return 0

    def verify(self, verification_id: int) -> None:
        self.done.append(("verified", verification_id))

    def sweep_verifications(self) -> int:
        self.done.append("sweep verifications")
        return 0

    def send_mails(self) -> None:
        self.done.append("mails")


@pytest.fixture
def waiting(settings: Settings) -> Settings:
    """Settings with which jobs wait for a worker."""
    return replace(settings, jobs_at_once=False, broker_url=None)


def messages(folder: Path) -> dict[str, list[str]]:
    """The names of the jobs that wait, by queue."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.msg")):
        found.setdefault(file.name.split(".")[0], []).append(json.loads(file.read_text())["headers"]["task"])
    return found


def test_jobs_run_at_once_where_that_is_asked_for(settings: Settings) -> None:
    work = Noted()
    jobs = Jobs(create_celery(settings, work))
    jobs.judge(7)
    jobs.verify(8)
    jobs.send_mails()
    assert work.done == [7, ("verified", 8), "mails"]


def test_each_kind_of_job_waits_in_a_queue_of_its_own(waiting: Settings) -> None:
    work = Noted()
    jobs = Jobs(create_celery(waiting, work))
    jobs.judge(7)
    jobs.send_mails()
    assert work.done == []
    assert messages(waiting.data.broker) == {SCORING: ["scoring.judge"], MAIL: ["mail.send"]}


def test_a_verification_waits_in_a_queue_in_which_nothing_else_does(waiting: Settings) -> None:
    jobs = Jobs(create_celery(waiting, Noted()))
    jobs.verify(1)
    jobs.judge(1)
    assert messages(waiting.data.broker) == {VERIFICATION: ["verification.verify"], SCORING: ["scoring.judge"]}
    assert set(QUEUES) == {SCORING, VERIFICATION, MAIL}


def test_a_worker_sweeps_its_own_queues_alone(waiting: Settings) -> None:
    jobs = Jobs(create_celery(waiting, Noted()))
    jobs.sweep([VERIFICATION])
    assert messages(waiting.data.broker) == {VERIFICATION: ["verification.sweep"]}
    jobs.sweep()
    assert set(messages(waiting.data.broker)) == set(QUEUES)


def test_a_verification_may_take_as_long_as_all_its_runs_and_nothing_else_may(
    waiting: Settings, challenge: Challenge
) -> None:
    celery = create_celery(waiting, Noted())
    runs = 3 * len(challenge.stages) * challenge.verification.run.wall_seconds
    assert celery.tasks["verification.verify"].time_limit > runs
    assert celery.tasks["verification.sweep"].time_limit > celery.tasks["verification.verify"].time_limit
    assert celery.tasks["scoring.judge"].time_limit < LEASE.total_seconds()


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1", "amqp://guest:secret@127.0.0.1:1"])
def test_a_broker_that_is_down_stops_nobody_and_its_password_is_not_logged(
    waiting: Settings, broker: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    Jobs(create_celery(replace(waiting, broker_url=broker), Noted())).judge(1)
    assert "the broker was not reached to wake scoring.judge" in caplog.text
    assert "secret" not in caplog.text


def test_a_worker_takes_plain_json_and_no_pickled_objects(waiting: Settings) -> None:
    assert create_celery(waiting, Noted()).conf.accept_content == ["json"]


def test_the_command_offers_every_queue_without_loading_the_server_for_its_help() -> None:
    assert QUEUE_NAMES == QUEUES

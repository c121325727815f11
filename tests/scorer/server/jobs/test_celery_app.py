from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from scorer.commands.work import QUEUE_NAMES
from scorer.server.config import Settings
from scorer.server.jobs.celery_app import MAIL, QUEUES, SCORING, VERIFICATION, Jobs, create_celery


class Noted:
    """Work that is only noted."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def judge(self, submission_id: int) -> None:
        self.done.append(submission_id)

    def sweep(self) -> int:
        self.done.append("sweep")
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
    jobs.send_mails()
    assert work.done == [7, "mails"]


def test_each_kind_of_job_waits_in_a_queue_of_its_own(waiting: Settings) -> None:
    work = Noted()
    jobs = Jobs(create_celery(waiting, work))
    jobs.judge(7)
    jobs.send_mails()
    assert work.done == []
    assert messages(waiting.data.broker) == {SCORING: ["scoring.judge"], MAIL: ["mail.send"]}


def test_one_slow_kind_of_job_blocks_no_other(waiting: Settings) -> None:
    """Verification runs for hours: what it is given waits in its own queue."""
    celery = create_celery(waiting, Noted())

    @celery.task(shared=False, name="verification.run")
    def verify() -> None:
        """Takes hours."""

    verify.apply_async()
    Jobs(celery).judge(1)
    assert messages(waiting.data.broker) == {VERIFICATION: ["verification.run"], SCORING: ["scoring.judge"]}
    assert set(QUEUES) == {SCORING, VERIFICATION, MAIL}


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

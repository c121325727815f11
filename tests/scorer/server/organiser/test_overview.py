from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.db import writing
from scorer.server.mails.models import Mail
from scorer.server.organiser import overview
from scorer.server.submissions.models import State, Submission

NewSubmission = Callable[..., Submission]


def test_the_hours_count_what_was_received_in_them(
    session: Session, new_submission: NewSubmission, set_clock: Any
) -> None:
    set_clock.now = set_clock.now.replace(minute=30)
    for minutes in (0, 29, 31, 47 * 60, 48 * 60):
        new_submission(received_at=set_clock.now - timedelta(minutes=minutes))
    hours = overview.count_hours(session, clock.utc_now())
    assert len(hours) == 48
    assert [hour.count for hour in (hours[0], hours[1], hours[-2], hours[-1])] == [1, 0, 1, 2]
    assert sum(hour.count for hour in hours) == 4
    assert hours[-1].begins_at == set_clock.now.replace(minute=0, second=0, microsecond=0)


def test_the_queue_tells_how_many_wait_how_long_and_who_is_at_it(
    session: Session, new_submission: NewSubmission
) -> None:
    now = clock.utc_now()
    assert overview.count_queue(session, now) == overview.Queue(0, None, 0, 0)
    new_submission(received_at=now - timedelta(minutes=5))
    new_submission(tries=1, lease_holder="a", leased_until=now + timedelta(seconds=60))
    new_submission(tries=2, leased_until=now + timedelta(seconds=20))
    new_submission(State.SCORED, received_at=now - timedelta(hours=1))
    assert overview.count_queue(session, now) == overview.Queue(
        waiting=3, oldest_seconds=300, under_lease=1, tried_before=1
    )


def test_a_lease_that_has_ended_is_nobodys(session: Session, new_submission: NewSubmission) -> None:
    now = clock.utc_now()
    new_submission(tries=1, lease_holder="a", leased_until=now - timedelta(seconds=1))
    queue = overview.count_queue(session, now)
    assert (queue.under_lease, queue.tried_before) == (0, 1)


def test_failures_and_refusals_are_those_of_the_last_days(session: Session, new_submission: NewSubmission) -> None:
    now = clock.utc_now()
    for state in (State.FAILED, State.REFUSED, State.SCORED):
        new_submission(state, received_at=now - timedelta(days=8))
    recent = new_submission(State.FAILED)
    new_submission(State.REFUSED)
    for _ in range(3):
        new_submission(State.SCORED)
    assert [failed.id for failed in overview.list_failures(session, now)] == [recent.id]
    assert overview.count_verdicts(session, now) == overview.Verdicts(judged=4, refused=1)


def test_mails_are_counted(session: Session, ada: Account) -> None:
    now = clock.utc_now()
    with writing(session):
        for next_try_at, sent_at in ((now, None), (now, None), (None, None), (None, now)):
            mail = Mail(account_id=ada.id, subject="s", text="t", created_at=now, tries=1)
            mail.next_try_at, mail.sent_at = next_try_at, sent_at
            session.add(mail)
    assert overview.count_mails(session) == overview.Mails(waiting=2, failed=1)


def test_the_page_shows_what_is_stuck(organiser: Any, client: FlaskClient, new_submission: NewSubmission) -> None:
    failed = new_submission(State.FAILED)
    new_submission(received_at=clock.utc_now() - timedelta(minutes=61))
    page = client.get("/organiser").text
    assert f'href="/organiser/submissions/{failed.id}"' in page
    assert "the oldest for 1 h 1 min" in page
    assert "scores are sealed" in page
    assert 'aria-label="Bars: at most' in page


def test_the_page_of_a_new_server_says_that_nothing_happened(organiser: Any, client: FlaskClient) -> None:
    page = client.get("/organiser").text
    assert "None in the last 7 days." in page
    assert '<svg viewBox="0 0 48' not in page

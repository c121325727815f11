"""Figures for Prometheus, counted in the database when they are asked for: right, however many processes run.

There is no score in them. How long requests take is in the logs, one line for each: a process knows only its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import SQLColumnExpression, case, func, select
from sqlalchemy.orm import Session

from scorer import SCORER_VERSION
from scorer.server import clock
from scorer.server.accounts.models import Account, Role, Team
from scorer.server.mails.models import Mail
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import State, Submission

MAIL_STATES = ("sent", "waiting", "given_up")


def render_metrics(session: Session) -> bytes:
    """All figures, in the text format of Prometheus (`prometheus_client.CONTENT_TYPE_LATEST`)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(session))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, session: Session) -> None:
        self._session = session

    def collect(self) -> Iterable[Metric]:
        """Called by Prometheus' client."""
        version = GaugeMetricFamily(
            "kit_scorer", "Always 1; the label says the version of the scorer.", labels=["version"]
        )
        version.add_metric([SCORER_VERSION], 1)
        yield version
        yield self._submissions()
        yield self._age(
            "kit_submission_waiting_oldest_seconds",
            "For how long the oldest submission that is not judged has waited; 0 where none waits.",
            self._session.scalar(select(func.min(Submission.received_at)).where(Submission.state == State.RECEIVED)),
        )
        yield self._mails()
        yield self._age(
            "kit_mail_waiting_oldest_seconds",
            "For how long the oldest mail that is not sent has waited; 0 where none waits.",
            self._session.scalar(select(func.min(Mail.created_at)).where(Mail.next_try_at.is_not(None))),
        )
        yield self._accounts()
        teams = self._session.scalar(select(func.count()).where(Team.merged_into_id.is_(None)))
        yield GaugeMetricFamily("kit_teams", "Teams, without those that another has taken in.", value=teams)

    def _submissions(self) -> Metric:
        counted = {
            (stage, state): count
            for stage, state, count in self._session.execute(
                select(Submission.stage_id, Submission.state, func.count()).group_by(
                    Submission.stage_id, Submission.state
                )
            )
        }
        family = GaugeMetricFamily(
            "kit_submissions",
            "Submissions by stage and state; `received` waits to be judged.",
            labels=["stage", "state"],
        )
        for stage_id, name in self._session.execute(select(Stage.id, Stage.name).order_by(Stage.position)):
            for state in State:
                family.add_metric([name, state], counted.get((stage_id, state), 0))
        return family

    def _mails(self) -> Metric:
        state = case((Mail.sent_at.is_not(None), "sent"), (Mail.next_try_at.is_not(None), "waiting"), else_="given_up")
        counted = self._count(state)
        family = GaugeMetricFamily("kit_mails", "Mails by what became of them.", labels=["state"])
        for name in MAIL_STATES:
            family.add_metric([name], counted.get(name, 0))
        return family

    def _accounts(self) -> Metric:
        counted = self._count(Account.role)
        family = GaugeMetricFamily("kit_accounts", "Accounts by role.", labels=["role"])
        for role in Role:
            family.add_metric([role], counted.get(role, 0))
        return family

    def _count(self, by: SQLColumnExpression[Any]) -> dict[Any, int]:
        return dict(self._session.execute(select(by, func.count()).group_by(by)).all())

    @staticmethod
    def _age(name: str, words: str, since: datetime | None) -> Metric:
        seconds = (clock.utc_now() - since).total_seconds() if since is not None else 0.0
        return GaugeMetricFamily(name, words, value=max(seconds, 0.0))

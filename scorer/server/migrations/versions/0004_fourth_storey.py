"""Scores in the metric of their challenge, and reports in one form for every kind of task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ONE_PIECE = 500
"""So many reports are rewritten at once."""


def upgrade() -> None:
    for table in ("scores", "standings"):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN weighted_accuracy TO score")
    with op.batch_alter_table("stages") as stages:
        # Until now every challenge was ranked by it.
        stages.add_column(sa.Column("metric", sa.String(100), nullable=False, server_default="weighted_accuracy"))
    with op.batch_alter_table("stages") as stages:
        stages.alter_column("metric", server_default=None)
    _rewrite_reports(_in_one_form)


def downgrade() -> None:
    _rewrite_reports(_in_the_old_form)
    with op.batch_alter_table("stages") as stages:
        stages.drop_column("metric")
    for table in ("scores", "standings"):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN score TO weighted_accuracy")


def _rewrite_reports(rewritten: Any) -> None:
    connection = op.get_bind()
    scores = sa.table(
        "scores",
        *(sa.column(name) for name in ("submission_id", "scorer_version", "data_version")),
        sa.column("report", sa.JSON()),
    )
    keys = (scores.c.submission_id, scores.c.scorer_version, scores.c.data_version)
    last = (0, "", "")
    while rows := connection.execute(
        sa.select(*keys, scores.c.report).where(sa.tuple_(*keys) > sa.tuple_(*last)).order_by(*keys).limit(ONE_PIECE)
    ).all():
        for *key, report in rows:
            which = [column == value for column, value in zip(keys, key, strict=True)]
            connection.execute(sa.update(scores).where(*which).values(report=rewritten(report)))
        last = tuple(rows[-1][:3])


def _in_one_form(report: Mapping[str, Any]) -> Mapping[str, Any]:
    if not report:
        return report
    names = ("weighted_accuracy", "unweighted_accuracy", "macro_f1")
    return {
        "metric": report["metric"],
        "score": report["weighted_accuracy"],
        "interval": report["interval"],
        "figures": [[name, report[name]] for name in names],
        "parts": [[label, [["recall", report["recall"][label]]]] for label in report["labels"]],
        "labels": report["labels"],
        "confusion": report["confusion"],
        "counted": report["frames_counted"],
        "rows": report["frames_in_all"],
        "recordings": [
            {
                "recording": one["recording"],
                "score": one["accuracy"],
                "counted": one["frames_counted"],
                "statistics": [float(round((one["accuracy"] or 0) * one["frames_counted"])), one["frames_counted"]],
            }
            for one in report["recordings"]
        ],
    }


def _in_the_old_form(report: Mapping[str, Any]) -> Mapping[str, Any]:
    if not report:
        return report
    return {
        "metric": report["metric"],
        **dict(report["figures"]),
        "interval": report["interval"],
        "recall": {label: dict(part)["recall"] for label, part in report["parts"]},
        "labels": report["labels"],
        "confusion": report["confusion"],
        "frames_counted": report["counted"],
        "frames_in_all": report["rows"],
        "recordings": [
            {"recording": one["recording"], "accuracy": one["score"], "frames_counted": one["counted"]}
            for one in report["recordings"]
        ],
    }

"""What programs are told of submissions and leaderboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from scorer.server.leaderboard.service import SCORE_DIGITS, Row
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Submission
from scorer.server.submissions.service import visible_score


def describe_submission(submission: Submission, rank: int | None) -> dict[str, Any]:
    """A submission for its own team. The score is null where there is none or it is sealed."""
    score = visible_score(submission)
    return {
        "id": submission.id,
        "stage": submission.stage.name,
        "state": submission.state.value,
        "received_at": format_time(submission.received_at),
        "sha256": submission.sha256,
        "size": submission.size,
        "notes": submission.notes,
        "faults": submission.faults,
        "score": None if score is None else _rounded(score.weighted_accuracy),
        "interval": None if score is None else _rounded([score.interval_low, score.interval_high]),
        "report": None if score is None else _rounded(_without_recordings(score.report)),
        "rank": None if score is None else rank,
    }


def _without_recordings(report: Mapping[str, Any]) -> dict[str, Any]:
    """What a team is told: the score of each hidden recording would be a way to probe their labels."""
    return {name: value for name, value in report.items() if name != "recordings"}


def _rounded(value: Any) -> Any:
    """The value with every score in it as it is shown: further decimals would help to probe the labels."""
    match value:
        case float():
            return round(value, SCORE_DIGITS)
        case dict():
            return {name: _rounded(part) for name, part in value.items()}
        case list() | tuple():
            return [_rounded(part) for part in value]
    return value


def describe_board(stage: Stage, rows: Sequence[Row]) -> dict[str, Any]:
    """A leaderboard."""
    return {
        "stage": stage.name,
        "title": stage.title,
        "rows": [
            {
                "rank": row.rank,
                "team": row.name,
                "baseline": row.is_baseline,
                "score": row.score,
                "interval": row.interval,
                "entries": row.entries,
                "received_at": row.received_at and format_time(row.received_at),
            }
            for row in rows
        ],
    }


def format_time(moment: datetime) -> str:
    """A moment in UTC (RFC 3339).

    >>> format_time(datetime(2017, 9, 1, 12, 30, tzinfo=UTC))
    '2017-09-01T12:30:00Z'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

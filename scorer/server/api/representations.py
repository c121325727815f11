"""From rows to what programs are told of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from data_spec.challenge import Challenge
from scorer.ranking import METRICS
from scorer.server.accounts.models import Team
from scorer.server.announcements.models import Announcement
from scorer.server.api import answers
from scorer.server.downloads.service import Download
from scorer.server.leaderboard.marks import Marks
from scorer.server.leaderboard.row import SCORE_DIGITS, Row
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Submission
from scorer.server.submissions.service import visible_score


def describe_team(team: Team) -> answers.Team:
    """A team for its members."""
    return answers.Team(name=team.name, members=[member.account.display_name for member in team.memberships])


def describe_challenge(challenge: Challenge, stages: Sequence[Stage], now: datetime) -> answers.Challenge:
    """The challenge for everybody."""
    return answers.Challenge(
        name=challenge.name,
        title=challenge.title,
        kind=challenge.task.kind,
        metric=challenge.task.metric,
        greater_is_better=METRICS[challenge.task.metric].greater_is_better,
        columns=list(challenge.task.columns),
        rate=challenge.task.rate,
        modalities=[
            answers.Modality(name=one.name, folder=one.folder, form=one.form, rate=one.rate, features=one.features)
            for one in challenge.modalities
        ],
        limits=answers.Limits(
            max_zip_bytes=challenge.submission.max_zip_bytes,
            max_unpacked_bytes=challenge.submission.max_unpacked_bytes,
            max_entries=challenge.submission.max_entries,
        ),
        time_zone=challenge.team.time_zone,
        stages=describe_stages(stages, now),
    )


def describe_stages(stages: Sequence[Stage], now: datetime) -> list[answers.Stage]:
    """The stages for everybody."""
    return [
        answers.Stage(
            name=stage.name,
            title=stage.title,
            opens_at=stage.opens_at,
            closes_at=stage.closes_at,
            open=stage.is_open(now),
            sealed=not stage.shows_scores(now),
            admission_needed=stage.admission_needed,
            submissions_per_day=stage.submissions_per_day,
            submissions_in_total=stage.submissions_in_total,
        )
        for stage in stages
    ]


def describe_submission(
    challenge: Challenge, submission: Submission, marks: Marks, *, rank: int | None = None
) -> answers.Submission:
    """A submission for its own team. The score is null where there is none or it is sealed."""
    score = visible_score(submission)
    shows = challenge.stage(submission.stage.name).shows
    return answers.Submission(
        id=submission.id,
        stage=submission.stage.name,
        state=submission.state,
        received_at=submission.received_at,
        sha256=submission.sha256,
        size=submission.size,
        notes=submission.notes,
        faults=[answers.Fault.model_validate(fault) for fault in submission.faults],
        score=None if score is None else _rounded(score.score),
        interval=None if score is None else _rounded((score.interval_low, score.interval_high)),
        report=None if score is None or score.report is None else _describe_report(score.report, shows),
        rank=None if score is None else rank,
        counts=submission.id in marks.counting,
        chosen=submission.id in marks.chosen,
    )


def _describe_report(report: Mapping[str, Any], shows: Collection[str]) -> answers.Report:
    """What a stage shows of a report; never its recordings, whose names and scores would help to probe their labels."""
    told = {
        **report,
        "figures": dict(report["figures"]),
        "parts": {name: dict(figures) for name, figures in report["parts"]},
        "confusion": report["confusion"] if "confusion" in shows else None,
    }
    return answers.Report.model_validate(_rounded(told))


def _rounded(value: Any) -> Any:
    """The value with every score in it as it is shown: further decimals would help to probe the labels."""
    match value:
        case float():
            return round(value, SCORE_DIGITS)
        case Mapping():
            return {name: _rounded(part) for name, part in value.items()}
        case list() | tuple():
            return [_rounded(part) for part in value]
    return value


def describe_board(stage: Stage, rows: Sequence[Row]) -> answers.Leaderboard:
    """A leaderboard for everybody."""
    return answers.Leaderboard(
        stage=stage.name,
        title=stage.title,
        rows=[
            answers.Row(
                rank=row.rank,
                team=row.name,
                baseline=row.is_baseline,
                score=row.score,
                interval=row.interval,
                entries=row.entries,
                received_at=row.received_at,
                tie_group=row.tie_group,
            )
            for row in rows
        ],
    )


def describe_download(download: Download) -> answers.Download:
    """A file for somebody who may have it, or not yet."""
    return answers.Download(
        name=download.name,
        title=download.title,
        size=download.size,
        sha256=download.sha256,
        available_from=download.available_from,
        why_not=download.why_not,
    )


def describe_announcement(announcement: Announcement) -> answers.Announcement:
    """An announcement for everybody."""
    return answers.Announcement(
        id=announcement.id,
        title=announcement.title,
        text=announcement.text,
        published_at=announcement.published_at,
    )

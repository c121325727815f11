"""Bundles and verifications in every state, written as if the sandbox had run them."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account, Team
from scorer.server.stages.admission import admit_team
from scorer.server.stages.service import find_stage
from scorer.server.verification import log
from scorer.server.verification.models import Bundle, BundleState, Kind, Progress, Verification
from scorer.verification.verdict import Verdict
from tests.browser import example_verdicts

RUNNING_LOG = """\
--- environment: the kit's own environment
--- public: 143 recordings
loading model.keras
   1/143 id06a1f3c2
   2/143 id0b77e410
"""

FAULTS = (
    "bundle.yaml: expected the model files that it names in the bundle, found no model.keras",
    "REPORT.md: expected a heading 'Missing data', found none",
)


def write_bundles(session: Session, ada: Account, grace: Account) -> None:
    """Bundles 1 to 4 of Ada's team, 5 to 8 of others; verifications 1 to 14."""
    writer = _Writer(session, grace)
    refused = writer.bundle(ada, BundleState.REFUSED)
    refused.faults = [{"text": text} for text in FAULTS]
    writer.verification(refused, Kind.TRIAL, Progress.FAILED)  # 1
    believed = writer.bundle(ada)
    writer.verification(believed, Kind.TRIAL, Progress.MATCHED, example_verdicts.trial())  # 2
    writer.verification(believed, Kind.FULL, Progress.FAILED, fault="Traceback\n  OSError: the disk is full")  # 3
    writer.verification(believed, Kind.FULL, Progress.MATCHED, example_verdicts.matched())  # 4
    greedy = writer.bundle(ada)
    greedy.notes = ["ignored: .DS_Store"]
    writer.verification(greedy, Kind.TRIAL, Progress.FAILED, example_verdicts.failed())  # 5
    writer.verification(writer.bundle(ada, BundleState.RECEIVED), Kind.TRIAL, Progress.RUNNING)  # 6
    names = ("Bletchley", "Hut 6 & Friends of the Considerably Longer Team Name", "Ἀκουσταί")
    mismatch, waiting, running = (writer.bundle(writer.captain(name)) for name in names)
    for bundle in (mismatch, waiting, running):
        writer.verification(bundle, Kind.TRIAL, Progress.MATCHED, example_verdicts.trial())  # 7, 8, 9
    writer.verification(mismatch, Kind.FULL, Progress.MISMATCHED, example_verdicts.mismatched())  # 10
    writer.verification(waiting, Kind.FULL, Progress.STOPPED)  # 11
    writer.verification(waiting, Kind.FULL, Progress.FAILED, example_verdicts.refused_predictions())  # 12
    writer.verification(waiting, Kind.FULL, Progress.QUEUED)  # 13
    writer.verification(running, Kind.FULL, Progress.RUNNING)  # 14


class _Writer:
    def __init__(self, session: Session, grace: Account) -> None:
        self._session, self._grace = session, grace
        self._now = clock.utc_now() - timedelta(minutes=40)

    def captain(self, team_name: str) -> Account:
        """The captain of a team, which is admitted to the stage in which code is sent."""
        team = self._session.scalars(select(Team).where(Team.name == team_name)).one()
        admit_team(self._session, find_stage(self._session, "private"), team, account=self._grace)
        return team.memberships[0].account

    def bundle(self, account: Account, state: BundleState = BundleState.ACCEPTED) -> Bundle:
        """One more bundle of the account's team."""
        assert account.team is not None
        number = len(self._session.scalars(select(Bundle.id)).all()) + 1
        made = Bundle(
            team_id=account.team.id,
            account_id=account.id,
            sha256=hashlib.sha256(f"bundle {number}".encode()).hexdigest(),
            size=24_137_569 + number,
            received_at=self._now,
            state=state,
        )
        self._session.add(made)
        self._session.commit()
        return made

    def verification(
        self, bundle: Bundle, kind: Kind, progress: Progress, verdict: Verdict | None = None, fault: str | None = None
    ) -> None:
        """One more verification, with the log that belongs to it."""
        self._now += timedelta(minutes=2)
        made = Verification(
            bundle_id=bundle.id,
            kind=kind,
            asked_by_id=self._grace.id if kind is Kind.FULL else None,
            asked_at=self._now,
            progress=progress,
            begun_at=None if progress is Progress.QUEUED else self._now + timedelta(seconds=1),
            ended_at=self._now + timedelta(seconds=97) if progress.ended else None,
            tries=0 if progress is Progress.QUEUED else 1,
            leased_until=clock.utc_now() + timedelta(days=1) if progress is Progress.RUNNING else None,
            verdict=verdict.to_dict() if verdict is not None else None,
            fault=fault,
        )
        self._session.add(made)
        self._session.flush()
        if progress is Progress.RUNNING:
            log.add(self._session, made.id, RUNNING_LOG)
        elif verdict is not None:
            log.add(self._session, made.id, f"{example_verdicts.LOG}--- {verdict.decision}: {verdict.reason}\n")
        self._session.commit()

"""Bundles and verdicts in which everything that is not everybody's has a value of its own."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.score_report import ScoreReport
from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.current import Server
from scorer.server.verification import bundles, log
from scorer.server.verification.models import Bundle, BundleState, Kind, Progress, Verification
from scorer.verification.verdict import (
    Comparison,
    Decision,
    Flag,
    Hashes,
    RecordingDifference,
    RunRecord,
    Verdict,
)

Plant = Callable[[str, str, Iterable[str]], None]


@dataclass(frozen=True)
class BundlePlanter:
    """Plants what a team and the organisers may know of a bundle, and what nobody may.

    Attributes:
        server: where.
        session: to write with.
        grace: who asks for verifications.
        recordings: of each split.
        plant: is told what, and who may see it.
    """

    server: Server
    session: Session
    grace: Account
    recordings: dict[str, tuple[str, ...]]
    plant: Plant

    def plant_bundle(
        self, account: Account, team: frozenset[str], organiser: frozenset[str], sealed: ScoreReport
    ) -> None:
        """A bundle of the account's team, tried, verified once with a verdict and once without."""
        name = account.display_name.partition(" ")[0].lower()
        bundle = bundles.receive(
            self.session,
            self.server.storage,
            self.server.challenge,
            account=account,
            source=io.BytesIO(f"no zip of {name}".encode()),
        )
        bundle.state = BundleState.ACCEPTED
        bundle.notes = [f"planted-bundle-note-{name}"]
        [trial] = bundle.verifications
        trial.progress, trial.ended_at = Progress.STOPPED, clock.utc_now()
        verdict = _verdict(name, bundle.sha256, self.recordings, sealed)
        self._verification(bundle, Progress.MISMATCHED, verdict, None)
        self._verification(bundle, Progress.FAILED, None, f"planted-fault-of-ours-{name}")
        for kind, seen_by in (
            ("bundle-note", team),
            ("run-fault", team | organiser),
            ("random-flag", team | organiser),
            ("copied-flag", organiser),
            ("fault-of-ours", organiser),
            ("log", team | organiser),
        ):
            self.plant(f"the {kind} of {name}", f"planted-{kind}-{name}", seen_by)
        self.plant(f"the hash of the bundle of {name}", bundle.sha256, team | organiser)
        for what in ("data", "environment"):
            self.plant(f"the hash of the {what} of {name}", _hash(f"{what} {name}"), organiser)

    def _verification(self, bundle: Bundle, progress: Progress, verdict: Verdict | None, fault: str | None) -> None:
        now = clock.utc_now()
        made = Verification(
            bundle_id=bundle.id,
            kind=Kind.FULL,
            asked_by_id=self.grace.id,
            asked_at=now,
            begun_at=now,
            ended_at=now,
            progress=progress,
            verdict=verdict.to_dict() if verdict is not None else None,
            fault=fault,
        )
        self.session.add(made)
        self.session.flush()
        name = bundle.account.display_name.partition(" ")[0].lower()
        log.add(self.session, made.id, f"planted-log-{name}\n")
        self.session.commit()


def put_sealed_scores(session: Session, sealed: ScoreReport) -> None:
    """Let the verdicts be those of other private scores, with the same residuals."""
    for verification in session.scalars(select(Verification)):
        if (verdict := verification.verdict) is None:
            continue
        public, private = verdict["comparisons"]
        scores = {"leaderboard_score": str(sealed.score), "run_score": str(sealed.interval[0])}
        verification.verdict = {**verdict, "comparisons": [public, {**private, **scores}]}
    session.commit()


def _verdict(name: str, sha256: str, recordings: dict[str, tuple[str, ...]], sealed: ScoreReport) -> Verdict:
    run = RunRecord("public", "done", "", 0, 1.0, 1.0, 1_000_000, (f"planted-run-fault-{name}",))
    return Verdict(
        decision=Decision.MISMATCHED,
        reason="private: residual more than 0.01",
        comparisons=(
            _comparison("public", "0.5", "0.5", "0", recordings["public"]),
            _comparison("private", str(sealed.score), str(sealed.interval[0]), "0.0173", recordings["private"]),
        ),
        runs=(run,),
        flags=(Flag("random", f"planted-random-flag-{name}"), Flag("copied", f"planted-copied-flag-{name}")),
        hashes=Hashes(sha256, {"public": _hash(f"data {name}")}, _hash(f"environment {name}"), "1"),
        sandbox="bubblewrap",
        environment="Python",
    )


def _comparison(stage: str, leaderboard: str, run: str, residual: str, recordings: tuple[str, ...]) -> Comparison:
    return Comparison(
        stage=stage,
        split=stage,
        leaderboard_score=leaderboard,
        run_score=run,
        residual=residual,
        tolerance="0.01",
        within=residual == "0",
        frames=500 * len(recordings),
        differ=7 * len(recordings),
        repeat_differ=3,
        disguised_differ=5,
        disguised_residual=residual,
        depends_on_names=False,
        recordings=tuple(RecordingDifference(one, 500, 7) for one in recordings),
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

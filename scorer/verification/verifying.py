"""The verification of a bundle, from its zip to the verdict.

environment → for each test set: run as it is → run with other names and times → where these differ: run once more →
compare with what the team sent → decide. The disguised run stands for the second run wherever it gives the same as
the first: then the code neither looks at names and times nor leaves anything to chance.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from data_spec.challenge import Challenge
from scorer import SCORER_VERSION, submission
from scorer.bundles.bundle import Bundle
from scorer.environments.building import Environment, EnvironmentRefused
from scorer.verdict import Predictions
from scorer.verification.comparison import Runs, compare, flags_of, frames_that_differ
from scorer.verification.deciding import decide
from scorer.verification.inputs import write_inputs
from scorer.verification.laboratory import Laboratory, limits_of
from scorer.verification.run import Log, UnpackedBundle, run_bundle
from scorer.verification.test_set import TestSet
from scorer.verification.verdict import Comparison, Decision, Flag, Hashes, RunRecord, Verdict

ROUNDING = 1e-9
"""By how much a share of frames may differ from itself, computed in floats and exactly."""


class SubmissionLost(Exception):  # noqa: N818 (a state of our store)
    """What the leaderboard's score was computed from is not there, or is not that any more."""


def verify(
    bundle: Bundle,
    test_sets: Sequence[TestSet],
    challenge: Challenge,
    laboratory: Laboratory,
    *,
    bundle_sha256: str,
    copies: Sequence[str],
    listen: Log,
) -> Verdict:
    """Run a bundle on every test set and compare with the leaderboard.

    Args:
        bundle: as it was read.
        test_sets: those that the team has a score for; at least one.
        challenge: its tolerance and limits.
        laboratory: where it is run.
        bundle_sha256: of the zip.
        copies: what was found of submitted predictions in the bundle, a sentence each.
        listen: is told the log as it comes, and "" several times a second; where it raises, the run is ended and the
            error passed on.

    Raises:
        SubmissionLost: a submitted zip cannot be read any more, or has another score than the leaderboard shows.
        BrokenSandbox: the sandbox failed.
        OSError: on our side.
    """
    verification = _Verification(bundle, challenge, laboratory, bundle_sha256, listen)
    verification.flags += [Flag("copied", text) for text in copies]
    return verification.over([(one, sorted(one.folder.templates)) for one in test_sets])


def try_out(
    bundle: Bundle,
    test_set: TestSet,
    challenge: Challenge,
    laboratory: Laboratory,
    *,
    bundle_sha256: str,
    listen: Log,
    recordings: int | None = None,
) -> Verdict:
    """Run a bundle on a few recordings of one test set and compare frame by frame with what the team sent.

    `recordings` is how many, None for as many as the challenge says; the other arguments are those of `verify`, which
    also tells what is raised. Without labels no score is computed: what this says may be told to the team at once.
    """
    few = sorted(test_set.folder.templates)[: recordings or challenge.verification.trial_recordings]
    verification = _Verification(bundle, challenge, laboratory, bundle_sha256, listen)
    return verification.over([(test_set, few)])


@dataclass
class _Verification:
    """What is known so far."""

    bundle: Bundle
    challenge: Challenge
    laboratory: Laboratory
    bundle_sha256: str
    listen: Log
    runs: list[RunRecord] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def over(self, test_sets: Sequence[tuple[TestSet, Sequence[str]]]) -> Verdict:
        """The verdict over recordings of some test sets."""
        data = {test_set.split: test_set.data_sha256 for test_set, _ in test_sets}
        try:
            environment = self.laboratory.environments.prepare(
                self.bundle.requirements, lambda piece: self.listen(piece.decode(errors="replace"))
            )
        except EnvironmentRefused as refusal:
            self.listen(f"--- environment: {refusal}\n")
            return self._verdict(Decision.FAILED, f"environment: {refusal}", data, None)
        self.listen(f"--- environment: {environment.description}\n")
        with self._folder() as folder:
            self.bundle.unpack(folder / "bundle")
            unpacked = UnpackedBundle(folder / "bundle", self.bundle.manifest, environment)
            for test_set, recordings in test_sets:
                submitted = self._read_submitted(test_set)
                runs = self._run(unpacked, test_set, recordings)
                if runs is None:
                    last = self.runs[-1]
                    return self._verdict(Decision.FAILED, f"{last.name}: {last.reason}", data, environment)
                chosen = {name: submitted[name] for name in recordings}
                comparison = compare(test_set, chosen, runs, self.challenge)
                _check_leaderboard(test_set, comparison)
                self.comparisons.append(comparison)
                self.flags += flags_of(comparison)
        decision, reason = decide(self.comparisons)
        return self._verdict(decision, reason, data, environment)

    def _run(self, unpacked: UnpackedBundle, test_set: TestSet, recordings: Sequence[str]) -> Runs | None:
        plain = self._run_once(unpacked, test_set, recordings, test_set.split)
        if plain is None:
            return None
        disguised = self._run_once(unpacked, test_set, recordings, f"{test_set.split}, disguised", disguised=True)
        if disguised is None:
            return None
        if frames_that_differ(plain, disguised, self.challenge.task) == 0:
            return Runs(plain, disguised, None)
        repeat = self._run_once(unpacked, test_set, recordings, f"{test_set.split}, again")
        return Runs(plain, disguised, repeat) if repeat is not None else None

    def _run_once(
        self,
        unpacked: UnpackedBundle,
        test_set: TestSet,
        recordings: Sequence[str],
        name: str,
        *,
        disguised: bool = False,
    ) -> Predictions | None:
        with self._folder() as folder:
            inputs = write_inputs(test_set.folder, folder / "input", recordings, disguised=disguised)
            ran = run_bundle(
                unpacked,
                inputs,
                name,
                runner=self.laboratory.runner,
                limits=limits_of(self.challenge),
                listen=self.listen,
            )
        self.runs.append(ran.record)
        return ran.predictions

    def _read_submitted(self, test_set: TestSet) -> Predictions:
        verdict = submission.read(test_set.submitted, test_set.folder.templates, self.challenge)
        if not verdict.accepted:
            raise SubmissionLost(
                f"{test_set.stage}: expected the submission that was scored, found {verdict.faults[0]}"
            )
        return verdict.predictions

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        self.laboratory.work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.laboratory.work) as folder:
            yield Path(folder)

    def _verdict(
        self, decision: Decision, reason: str, data: dict[str, str], environment: Environment | None
    ) -> Verdict:
        self.listen(f"--- {decision}: {reason}\n")
        return Verdict(
            decision=decision,
            reason=reason,
            comparisons=tuple(self.comparisons),
            runs=tuple(self.runs),
            flags=tuple(self.flags),
            hashes=Hashes(
                bundle=self.bundle_sha256,
                data=data,
                environment=environment.sha256 if environment is not None else "",
                scorer=SCORER_VERSION,
            ),
            sandbox=self.laboratory.runner.name,
            environment=environment.description if environment is not None else "none",
        )


def _check_leaderboard(test_set: TestSet, comparison: Comparison) -> None:
    """The zip that was compared must be the one that the leaderboard's score is of."""
    shown, computed = test_set.leaderboard_score, comparison.leaderboard_score
    if shown is not None and computed is not None and abs(shown - float(computed)) > ROUNDING:
        raise SubmissionLost(
            f"{test_set.stage}: expected a submission with the leaderboard's score, found one with another: "
            "was it scored with these labels?"
        )

"""One try at a verification: check the bundle, and run it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from data_spec.challenge import Challenge
from scorer.bundles.bundle import Bundle as Code
from scorer.bundles.bundle import BundleVerdict, read
from scorer.bundles.copies import find_copies
from scorer.environments.building import Environments
from scorer.sandbox.choice import open_runner
from scorer.server.config import Settings
from scorer.server.db import writing
from scorer.server.storage import Storage
from scorer.server.verification.claims import MOST_TRIES, Claim, lock_held
from scorer.server.verification.keeper import Keeper, LeaseLost, OpenSession
from scorer.server.verification.material import Counting, Material, list_counting, list_submitted
from scorer.server.verification.models import Bundle, BundleState, Kind, Progress
from scorer.verification.laboratory import Laboratory
from scorer.verification.verdict import Verdict
from scorer.verification.verifying import try_out, verify


@dataclass(frozen=True)
class Ended:
    """How a try ended. Without a verdict the log says why."""

    progress: Progress
    verdict: Verdict | None = None


class Attempt:
    """One try, for who holds the claim.

    Args:
        settings: name the sandbox, the wheels, and the data folder.
        challenge: its rules.
        storage: where the uploads are.
        open_session: for short transactions.
        claim: what is verified.
        keeper: hears the log.
        work: an existing folder in the data folder, this try's own.
    """

    def __init__(
        self,
        settings: Settings,
        challenge: Challenge,
        storage: Storage,
        *,
        open_session: OpenSession,
        claim: Claim,
        keeper: Keeper,
        work: Path,
    ) -> None:
        self._settings = settings
        self._challenge = challenge
        self._storage = storage
        self._open_session = open_session
        self._claim = claim
        self._keeper = keeper
        self._work = work

    def run(self) -> Ended:
        """Do it.

        Raises:
            Stopped, LeaseLost: it is not to go on.
            NoSandbox: nothing can be run on this machine.
            Exception: whatever goes wrong on our side.
        """
        claim, say = self._claim, self._keeper.say
        if claim.tries > 1:
            say(f"--- try {claim.tries} of {MOST_TRIES}\n")
        data = self._settings.data
        with Material(data, self._challenge, self._storage, self._work, self._keeper.tick) as material:
            checked = read(material.upload(claim.sha256), self._challenge.verification)
            if claim.kind is Kind.TRIAL:
                self._note(checked)
            if checked.bundle is None:
                say("".join(f"--- bundle: {fault}\n" for fault in checked.faults))
                return Ended(Progress.FAILED)
            with self._open_session() as session:
                counting = list_counting(session, claim.team_id)
                submissions = list_submitted(session, claim.team_id)
            if not counting:
                say("--- there is no scored submission to compare with\n")
                return Ended(Progress.STOPPED if claim.kind is Kind.TRIAL else Progress.FAILED)
            if claim.kind is Kind.TRIAL:
                verdict = self._try_out(checked.bundle, material, counting[0])
            else:
                verdict = self._verify(checked.bundle, material, counting, submissions)
        return Ended(Progress(verdict.decision.value), verdict)

    def _try_out(self, code: Code, material: Material, counting: Counting) -> Verdict:
        return try_out(
            code,
            material.test_set(counting, with_labels=False),
            self._challenge,
            self._open_laboratory(),
            bundle_sha256=self._claim.sha256,
            listen=self._keeper.say,
        )

    def _verify(
        self, code: Code, material: Material, counting: list[Counting], submissions: list[tuple[int, str]]
    ) -> Verdict:
        laboratory = self._open_laboratory()  # first: without one the rest is in vain
        return verify(
            code,
            [material.test_set(one, with_labels=True) for one in counting],
            self._challenge,
            laboratory,
            bundle_sha256=self._claim.sha256,
            copies=find_copies(code, material.submitted(submissions), self._challenge.submission),
            listen=self._keeper.say,
        )

    def _open_laboratory(self) -> Laboratory:
        runner = open_runner(self._settings.sandbox)
        environments = Environments(runner, self._settings.data.environments, self._settings.wheel_house)
        return Laboratory(runner, environments, self._work)

    def _note(self, checked: BundleVerdict) -> None:
        """Write what the check says to the bundle."""
        with self._open_session() as session, writing(session):
            query = select(Bundle).where(Bundle.id == self._claim.bundle_id).with_for_update()
            bundle = session.scalars(query).one()
            if lock_held(session, self._claim) is None:
                raise LeaseLost
            bundle.notes = list(checked.notes)
            bundle.faults = [{"text": str(fault), **fault.to_dict()} for fault in checked.faults]
            bundle.state = BundleState.ACCEPTED if checked.accepted else BundleState.REFUSED

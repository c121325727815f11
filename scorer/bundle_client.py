"""Bundles of code on a scoring server, seen from a participant's machine."""

from __future__ import annotations

import time
from pathlib import Path

from scorer import client
from scorer.bundle_answers import Bundle, Bundles
from scorer.client import Client, CountedFile, OnBytes, nobody

TRIAL_SECONDS = 2 * 3600
"""How long to ask what came of a trial."""


class BundleClient(Client):
    """What one may ask a server about bundles. Each method raises what those of `Client` do."""

    def submit_bundle(self, zip_path: Path, on_bytes: OnBytes = nobody) -> Bundle:
        """Upload a zip of code. Most servers try it later: `wait_for_trial`.

        It is never sent twice, as a submission is not.

        Raises:
            OSError: the file cannot be read.
        """
        with zip_path.open("rb") as file:
            return self.ask_for(
                Bundle,
                "POST",
                "bundles",
                data=CountedFile(file, zip_path.stat().st_size, on_bytes),
                headers={"Content-Type": "application/zip"},
            )

    def wait_for_trial(self, bundle: Bundle) -> Bundle:
        """The bundle once its trial has ended; as it was where it had not in `TRIAL_SECONDS`."""
        give_up = time.monotonic() + TRIAL_SECONDS
        wait = client.FIRST_POLL_SECONDS
        while bundle.waits and time.monotonic() < give_up:
            time.sleep(wait)
            wait = min(1.5 * wait, client.LAST_POLL_SECONDS)
            bundle = self.bundle(bundle.id)
        return bundle

    def bundle(self, bundle_id: int) -> Bundle:
        """One bundle of the team."""
        return self.ask_for(Bundle, "GET", f"bundles/{bundle_id}")

    def bundles(self) -> Bundles:
        """The team's bundles, newest first."""
        return self.ask_for(Bundles, "GET", "bundles")

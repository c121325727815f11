"""`python -m scorer bundle try`: run a bundle as the organisers will, and compare with what was submitted."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data_spec.challenge import find_challenge
from data_spec.command_line import WrongUsage
from data_spec.corpus import LABELS_FOLDER, CorpusError, RecordingFolder, open_folder
from scorer.commands.bundle_source import packed, read_accepted, source_argument
from scorer.commands.bundle_try_text import log_text, trial_text
from scorer.commands.terminal_text import visible
from scorer.commands.verdict_text import tell_refusal

if TYPE_CHECKING:
    from scorer.bundles.bundle import Bundle
    from scorer.verification.laboratory import Laboratory
    from scorer.verification.test_set import TestSet
    from scorer.verification.verdict import Verdict

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

TRIAL = "trial"
"""Stands in place of a stage: nobody's leaderboard is looked at."""


@click.command(
    epilog="""\b
Example:
  python -m scorer bundle try ours --test participants/test --predictions predictions.zip
  python -m scorer bundle try bundle.zip --test participants/test --predictions predictions.zip --all

Exit codes: 0 within the tolerance, 1 not, or refused, or failed, 2 wrong usage or no sandbox.""",
)
@source_argument
@click.option("--test", "test", required=True, metavar="FOLDER", type=FOLDER, help="The published test folder.")
@click.option(
    "--predictions",
    required=True,
    metavar="ZIP",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What you submitted for it.",
)
@click.option("--recordings", metavar="N", type=click.IntRange(min=1), help="How many. [default: as the server]")
@click.option("--all", "everything", is_flag=True, help="Every recording of the folder.")
@click.option("--labels", metavar="FOLDER", type=FOLDER, help="Labels of all of them: tells the residual itself.")
@click.option("--wheel-house", metavar="FOLDER", type=FOLDER, help="Wheels of packages that the kit does not have.")
@click.option("--sandbox", metavar="KIND", default="bubblewrap", show_default=True, help="Or docker, or podman.")
def command(
    source: Path,
    test: Path,
    predictions: Path,
    recordings: int | None,
    everything: bool,
    labels: Path | None,
    wheel_house: Path | None,
    sandbox: str,
) -> None:
    """Run a bundle as the server does, and compare with what you submitted.

    It is run twice: as it is, and with other names of the recordings and other times, for code that looks at these is
    not believed. A few recordings, as on the server, show whether it runs; --all shows what the organisers will see.
    The log of the code goes to standard error. What the report says is not looked at here; `bundle check` does that.
    """
    if (recordings is not None) + everything + (labels is not None) > 1:
        raise WrongUsage("expected one of --recordings N, --all and --labels FOLDER, which runs all of them")
    folder = open_folder(test, inner=find_challenge(test).submission.folder)
    if not folder.templates:
        raise CorpusError(f"{test}: expected templates {folder.challenge.submission.folder}/*.csv, found none")
    _check_predictions(predictions, folder)
    how_many = len(folder.templates) if everything else recordings
    with packed(source) as zip_path, tempfile.TemporaryDirectory() as work:
        # The report is written last; `bundle check` asks for it.
        rules = folder.challenge.verification.model_copy(update={"report_sections": ()})
        bundle, notes = read_accepted(zip_path, rules)
        trial = _Trial(bundle, zip_path, _test_set(test, folder, predictions, labels))
        verdict = trial.run(_laboratory(sandbox, Path(work), wheel_house), how_many)
        copies = trial.find_copies()
    click.echo(trial_text(verdict, len(folder.templates), folder.challenge.task))
    for note in (*notes, *copies):
        click.echo(f"  {visible(note)}")
    if verdict.decision != "matched":
        raise click.exceptions.Exit(1)


@dataclass(frozen=True)
class _Trial:
    bundle: Bundle
    zip_path: Path
    test_set: TestSet

    def run(self, laboratory: Laboratory, recordings: int | None) -> Verdict:
        """The verdict, with the residual where there are labels. Raises WrongUsage."""
        from scorer.sandbox.job import BrokenSandbox, NoSandbox
        from scorer.verification.verifying import try_out, verify

        challenge = self.test_set.folder.challenge
        with self.zip_path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            if self.test_set.labels is not None:
                return verify(
                    self.bundle, [self.test_set], challenge, laboratory, bundle_sha256=sha256, copies=(), listen=_listen
                )
            return try_out(
                self.bundle,
                self.test_set,
                challenge,
                laboratory,
                bundle_sha256=sha256,
                listen=_listen,
                recordings=recordings,
            )
        except (NoSandbox, BrokenSandbox) as error:
            raise WrongUsage(f"The sandbox failed, which says nothing of the bundle: {visible(str(error))}") from error
        except ValueError as error:  # streams or labels that are none
            raise WrongUsage(visible(str(error))) from error

    def find_copies(self) -> Sequence[str]:
        """What a person would be shown besides."""
        from scorer.bundles.copies import find_copies

        limits = self.test_set.folder.challenge.submission
        return find_copies(self.bundle, [("the submission", self.test_set.submitted)], limits)


def _check_predictions(predictions: Path, folder: RecordingFolder) -> None:
    """End the command where nobody would take them for a submission."""
    from scorer import submission

    verdict = submission.read(predictions, folder.templates, folder.challenge)
    if not verdict.accepted:
        click.echo(f"{predictions}:", err=True)
        tell_refusal(verdict, err=True)
        raise click.exceptions.Exit(1)


def _test_set(test: Path, folder: RecordingFolder, predictions: Path, labels: Path | None) -> TestSet:
    """Raises WrongUsage where the labels are those of other recordings."""
    from scorer.verification.test_set import TestSet

    names = {split.folder: split.name for split in folder.challenge.splits.folders}
    name = folder.path.resolve().name
    truth = None
    if labels is not None:
        truth = open_folder(labels, inner=LABELS_FOLDER).labels
        asked = folder.templates.keys()
        if truth.keys() != asked:
            found = f"{len(truth.keys() & asked):,} of them and {len(truth.keys() - asked):,} others"
            raise WrongUsage(f"{labels}: expected labels of the {len(asked):,} recordings of {test}, found {found}")
    return TestSet(TRIAL, names.get(name, name), folder, truth, predictions, data_sha256="")


def _laboratory(sandbox: str, work: Path, wheel_house: Path | None) -> Laboratory:
    """Raises WrongUsage where there is no sandbox of the kind."""
    from scorer.environments.building import Environments
    from scorer.sandbox.choice import KINDS, open_runner
    from scorer.sandbox.job import NoSandbox
    from scorer.verification.laboratory import Laboratory

    if sandbox not in KINDS:
        raise WrongUsage(f"--sandbox: expected one of {', '.join(KINDS)}, found {visible(repr(sandbox))}")
    try:
        runner = open_runner(sandbox)
    except NoSandbox as reason:
        raise WrongUsage(f"No sandbox, so nothing is run: {visible(str(reason))}") from reason
    return Laboratory(runner, Environments(runner, work / "environments", wheel_house), work / "runs")


def _listen(text: str) -> None:
    if text:
        click.echo(log_text(text), err=True, nl=False)

"""One run of a bundle over one folder of inputs: from its command to predictions that were checked."""

from __future__ import annotations

import codecs
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scorer import submission
from scorer.bundles.manifest import Manifest
from scorer.environments.building import Environment
from scorer.sandbox.job import INPUT, OUTPUT, Ending, Job, Limits, Outcome, Runner
from scorer.verdict import Predictions
from scorer.verification.inputs import Inputs
from scorer.verification.verdict import RunRecord

FORMAT = "format"
"""The ending of a run that came to its end but left no submission."""

PYTHONS = ("python", "python3")

MOST_FAULTS = 20
"""Of a run's predictions, in its record."""

Log = Callable[[str], None]


@dataclass(frozen=True)
class UnpackedBundle:
    """A bundle, ready to be run."""

    folder: Path
    manifest: Manifest
    environment: Environment


@dataclass(frozen=True)
class Ran:
    """What came of a run: the predictions by the recordings' true names, None where there are none."""

    record: RunRecord
    predictions: Predictions | None


def run_bundle(
    bundle: UnpackedBundle, inputs: Inputs, name: str, *, runner: Runner, limits: Limits, listen: Log
) -> Ran:
    """Run a bundle once.

    Args:
        bundle: what is run.
        inputs: what it is run on.
        name: of the run, for its record and the log.
        runner: the sandbox.
        limits: of the run.
        listen: is told the log as it comes; where it raises, the run is ended and the error passed on.

    Raises:
        BrokenSandbox: the sandbox failed, which says nothing of the bundle.
    """
    listen(f"--- {name}: {len(inputs.recordings)} recordings\n")
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    environment = bundle.environment
    job = Job(
        command=_command(bundle),
        limits=limits,
        bundle=bundle.folder,
        inputs=inputs.folder.path,
        environment=environment.folders,
        # A program that goes through a set of names would go another way each time.
        variables={"PYTHONHASHSEED": "0", **environment.variables},
    )
    outcome = runner.run(job, lambda piece: listen(decoder.decode(piece)))
    listen(decoder.decode(b"", final=True))
    if outcome.ending is not Ending.DONE:
        listen(f"--- {name}: ended: {outcome.reason}\n")
        return Ran(_record(name, outcome), None)
    verdict = submission.read(_as_zip(outcome.output), inputs.folder.templates, inputs.folder.challenge)
    if not verdict.accepted:
        faults = tuple(str(fault) for fault in verdict.faults[:MOST_FAULTS])
        listen(f"--- {name}: its predictions are refused: {faults[0]}\n")
        return Ran(_record(name, outcome, faults), None)
    listen(f"--- {name}: done in {outcome.wall_seconds:.1f} s\n")
    return Ran(_record(name, outcome), inputs.in_truth(verdict.predictions))


def _command(bundle: UnpackedBundle) -> list[str]:
    program, *arguments = bundle.manifest.command
    if program in PYTHONS:
        program = bundle.environment.python
    return [program, *arguments, str(INPUT), str(OUTPUT)]


def _as_zip(files: Mapping[str, bytes]) -> io.BytesIO:
    """The output folder as the zip that a team would send: what reads submissions reads it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    content.seek(0)
    return content


def _record(name: str, outcome: Outcome, faults: tuple[str, ...] = ()) -> RunRecord:
    return RunRecord(
        name=name,
        ending=FORMAT if faults else outcome.ending.value,
        reason=f"its predictions are refused: {faults[0]}" if faults else outcome.reason,
        exit_code=outcome.exit_code,
        wall_seconds=round(outcome.wall_seconds, 3),
        cpu_seconds=round(outcome.cpu_seconds, 3),
        peak_memory_bytes=outcome.peak_memory_bytes,
        faults=faults,
    )

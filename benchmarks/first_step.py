"""How long after its process begins a training has taken its first step: that of a user, who waits for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.network_process import NetworkProcess
from benchmarks.random_windows import Plan
from data_spec.challenge import load_challenge
from data_spec.synthetic.corpus import synthesize
from data_spec.synthetic.settings import Durations

FIRST_STEP = re.compile(rb"training: .*\| 1/\d")
"""What the bar of `baseline train` shows of it."""


def write_corpus(folder: Path, quick: bool) -> None:
    """A synthetic corpus of 2017 that has windows for a batch and little more.

    Args:
        folder: a new one.
        quick: of fewer and shorter recordings.
    """
    challenge = load_challenge("merc2017")
    story = challenge.synthetic
    if quick and story is not None:
        short = story.model_copy(update={"seconds": Durations(least=9.0, mean=10.0, most=11.0)})
        challenge = challenge.model_copy(update={"synthetic": short})
    synthesize(folder, challenge, recordings=8 if quick else 24, seed=2017)


def of_command(corpus: Path, plan: Plan) -> float:
    """Seconds from the start of `python -m baseline train` to the end of its first step; it is ended there."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "baseline", "train", str(corpus), "--out", f"{scratch}/run", "--size", "full"]
        chosen = {"epochs": 1, "batch": plan.batch, "units": plan.units, "dense_units": plan.dense_units}
        for name, value in chosen.items():
            command += ["--set", f"{name}={value}"]
        start = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:  # noqa: S603
            assert process.stderr is not None
            shown = b""
            while not FIRST_STEP.search(shown):
                piece = os.read(process.stderr.fileno(), 4096)
                if not piece:
                    raise RuntimeError(f"expected a first step. Received: {shown.decode(errors='replace')}")
                shown += piece
            seconds = time.perf_counter() - start
            process.kill()
    return seconds


def of_network(name: str, plan: Plan) -> float:
    """The same of one of `benchmarks.networks.NETWORKS`, on arrays: a batch, as soon as its process can."""
    start = time.perf_counter()
    with NetworkProcess(name, plan) as network:
        network.ask("train")
        return time.perf_counter() - start

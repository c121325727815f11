"""Whether training the naive baseline waits for its data, what memory it takes, and whether all epochs cost alike.

    python -m benchmarks input_pipeline

A corpus of the challenge's size is synthesized, and everything is measured on it with the system's own batches.

- Steps over the corpus are measured in turn with as many steps over one batch that lies in memory, which is the floor:
  no input can be had for less. Each turn begins anew and its first batch is made while nothing else runs, as once in
  an epoch; a turn has a sixth of an epoch's steps, so the goals are harder than a training is. At most 1.05 of the
  floor: a twentieth is what two such turns differ by when nothing was changed. At most a hundredth of the time is
  spent waiting for batches: about two hundredths would be if they were made between the steps, not beside them.
- Memory is that of a training from CSV files to predictions, in a process of its own: all that is resident, pages of
  mapped files too, beside 3 GB. What is no page of a file is shown as well.
- The second and the third epoch of that training beside the first: at most 1.1. Steps of an epoch are counted from the
  second on, for the first one builds the graph.

The corpus has just been written, so its pages lie in memory. On the first reading after a start of the machine its disk
is measured, and that is not the kit's to change.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import keras
import tensorflow as tf

from baseline.run_folder import RunFolder
from baseline.systems import decision_fusion
from baseline.systems.decision_fusion import Settings
from baseline.training_data import training_data
from benchmarks.report import Report
from benchmarks.side_by_side import alternate, ratios
from benchmarks.watched_training import train_watched
from data_spec.challenge import Challenge, load_challenge
from data_spec.corpus import Corpus
from data_spec.synthetic.corpus import synthesize
from data_spec.synthetic.settings import Durations

MOST_BYTES = 3_000_000_000
MEGABYTE = 1_000_000
MOST_WAITING = 0.01
MOST_OF_FLOOR = 1.05
MOST_OF_FIRST_EPOCH = 1.1

FROM_CORPUS, FROM_MEMORY = "batches of the corpus", "one batch in memory"


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        recordings: of the corpus; the challenge's number if None.
        variant: of the system.
        settings: of the model and its training.
        steps: of each way in a turn.
        turns: how many.
    """

    recordings: int | None
    variant: str
    settings: Settings
    steps: int
    turns: int


FULL = Plan(recordings=None, variant="all", settings=Settings(epochs=3), steps=8, turns=7)
QUICK = Plan(
    recordings=8, variant="eyes", settings=Settings(epochs=2, batch=2, units=2, dense_units=4), steps=2, turns=1
)


def measure(quick: bool) -> Report:
    """Measure; see the module's docstring."""
    plan = QUICK if quick else FULL
    report = Report("input_pipeline", "The input of the naive baseline's training: waiting, memory, epochs")
    challenge = load_challenge("merc2017")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        corpus = synthesize(path / "corpus", _short(challenge) if quick else challenge, plan.recordings, seed=2017)
        measure_training(corpus, plan, report)
        measure_waiting(corpus, plan, path, report)
    report.notes.append("Pages of the corpus lie in memory: the first reading from a disk costs what the disk takes.")
    return report


def measure_training(corpus: Corpus, plan: Plan, report: Report) -> None:
    """The memory and the epochs of a training."""
    watched = train_watched(corpus.root, plan.variant, plan.settings)
    resident = "all, pages of files too"
    peaks = {resident: [watched.resident_bytes / MEGABYTE], "without them": [watched.anonymous_bytes / MEGABYTE]}
    report.add("peak memory", peaks, "MB")
    report.want("peak memory, share of 3 GB", [watched.resident_bytes / MOST_BYTES], at_most=1)
    seconds = watched.epoch_seconds
    report.add("an epoch", {f"epoch {number}": [one] for number, one in enumerate(seconds, start=1)}, "s")
    later = [one / seconds[0] for one in seconds[1:]]
    report.want("later epochs beside the first", later, at_most=MOST_OF_FIRST_EPOCH)


def measure_waiting(corpus: Corpus, plan: Plan, folder: Path, report: Report) -> None:
    """Steps over the corpus beside steps over one batch, and how long they wait."""
    model, batches = about_to_be_fitted(corpus, plan, folder)
    example = next(iter(batches))
    in_memory = tf.data.Dataset.from_tensors(example).repeat().with_options(batches.options())
    waiting: dict[str, list[float]] = {FROM_CORPUS: [], FROM_MEMORY: []}

    def steps(way: str, dataset: tf.data.Dataset) -> float:
        seconds, waited = step_over(model, dataset, plan.steps)
        waiting[way].append(waited / seconds)
        return seconds / plan.steps

    seconds = alternate(
        {
            FROM_CORPUS: lambda: steps(FROM_CORPUS, batches),
            FROM_MEMORY: lambda: steps(FROM_MEMORY, in_memory),
            "making a batch, nothing else": lambda: seconds_of(batches, plan.steps) / plan.steps,
        },
        turns=plan.turns,
    )
    report.add("a step", {way: [1000 * one for one in found] for way, found in seconds.items()}, "ms")
    shares = {way: found[-plan.turns :] for way, found in waiting.items()}
    percent = {way: [100 * share for share in found] for way, found in shares.items()}
    report.add("waiting for batches, share of the time", percent, "%")
    report.want(
        "steps over the corpus beside one batch in memory",
        ratios(seconds[FROM_CORPUS], seconds[FROM_MEMORY]),
        at_most=MOST_OF_FLOOR,
    )
    report.want("share of the time that steps wait", shares[FROM_CORPUS], at_most=MOST_WAITING)


def about_to_be_fitted(corpus: Corpus, plan: Plan, folder: Path) -> tuple[keras.Model, tf.data.Dataset]:
    """The model and the batches that the system's own training makes, up to the first step."""
    with patch.object(decision_fusion, "fit_keras") as fit:
        decision_fusion.train(training_data(corpus), plan.variant, plan.settings, 0, RunFolder(folder))
    model, batches, *_ = fit.call_args.args
    return model, batches


def step_over(model: keras.Model, batches: Iterable[Any], steps: int) -> tuple[float, float]:
    """Train a step on each batch: all seconds, and those from a step's end until the next batch is there."""
    begun, waited = time.perf_counter(), 0.0
    waiting_since = begun
    for inputs, targets in islice(batches, steps):
        waited += time.perf_counter() - waiting_since
        model.train_on_batch(inputs, targets)
        waiting_since = time.perf_counter()
    return time.perf_counter() - begun, waited


def seconds_of(batches: Iterable[Any], count: int) -> float:
    """How long it takes to have so many of them."""
    begun = time.perf_counter()
    for _ in islice(batches, count):
        pass
    return time.perf_counter() - begun


def _short(challenge: Challenge) -> Challenge:
    story = challenge.synthetic
    if story is None:
        return challenge
    seconds = Durations(least=9.0, mean=10.0, most=11.0)
    return challenge.model_copy(update={"synthetic": story.model_copy(update={"seconds": seconds})})

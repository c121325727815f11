"""The naive baseline, trained in a process of its own that tells what memory it took, and each epoch's seconds.

`train_watched` starts the process, which is `python -m benchmarks.watched_training CORPUS VARIANT SETTINGS`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import keras

from baseline.keras_training import fit_keras
from baseline.run_folder import RunFolder
from baseline.system import Size
from baseline.systems import decision_fusion
from baseline.training import Training, train
from benchmarks.process_memory import memory_bytes
from data_spec.corpus import Corpus

LOOKED_EVERY_SECONDS = 0.02


@dataclass(frozen=True)
class Watched:
    """What a training took.

    Attributes:
        resident_bytes: the most that was in memory at once. Pages of files count, such as TensorFlow's own and those
            of the corpus that are mapped; the system takes them back when it needs them.
        anonymous_bytes: the most of what belongs to the process alone: all but pages of files.
        epoch_seconds: of each epoch from the end of its first step, in which the first epoch builds its graph, to the
            end of its last.
    """

    resident_bytes: int
    anonymous_bytes: int
    epoch_seconds: list[float]


def train_watched(corpus: Path, variant: str, settings: decision_fusion.Settings) -> Watched:
    """Train on a corpus and predict its test set, as `python -m baseline train` does.

    Args:
        corpus: has labels of `train`.
        variant: of the naive baseline.
        settings: of two steps an epoch or more.
    """
    command = [sys.executable, "-m", __name__, str(corpus), variant, json.dumps(asdict(settings))]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return Watched(**json.loads(told.stdout))


class Clock(keras.callbacks.Callback):
    """Takes the seconds of each epoch, but for its first step."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch_seconds: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Begin with the first step's end; the last step's end is kept."""
        if batch == 0:
            self._begun = time.perf_counter()
            self.epoch_seconds.append(0.0)
        self.epoch_seconds[-1] = time.perf_counter() - self._begun


@contextmanager
def anonymous_peak() -> Iterator[list[int]]:
    """The bytes without pages of files, looked at every now and then: Linux keeps no peak of them."""
    seen, ended = [memory_bytes("RssAnon")], threading.Event()

    def look() -> None:
        while not ended.wait(LOOKED_EVERY_SECONDS):
            seen[0] = max(seen[0], memory_bytes("RssAnon"))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


@click.command(help=__doc__)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.argument("variant")
@click.argument("settings")
def main(corpus: Path, variant: str, settings: str) -> None:
    """Train and tell."""
    chosen = decision_fusion.Settings(**json.loads(settings))
    training = Training(decision_fusion.SYSTEM, variant, Size.FULL, chosen)
    clock = Clock()
    timed_fit = patch.object(decision_fusion, "fit_keras", partial(fit_keras, callbacks=[clock]))
    with tempfile.TemporaryDirectory() as run, anonymous_peak() as anonymous, timed_fit:
        train(Corpus.open(corpus), training, RunFolder(Path(run)))
    click.echo(json.dumps(asdict(Watched(memory_bytes("VmHWM"), anonymous[0], clock.epoch_seconds))))


if __name__ == "__main__":
    main()

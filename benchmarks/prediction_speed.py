"""How much faster than real time one recording is predicted, by a model that is loaded and warm.

python -m benchmarks.prediction_speed demo/run demo/published/participants/test
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from statistics import median

from baseline.prediction import predict
from baseline.trained_run import load_run
from data_spec.corpus import open_folder

WARM_UP = 2
"""Recordings that are not counted: the first ones build the graph."""


class OneRecording:
    """A folder of recordings that shows only one of them."""

    def __init__(self, folder, recording) -> None:  # type: ignore[no-untyped-def]
        self.challenge = folder.challenge
        self.templates = {recording: folder.templates[recording]}
        self.streams = folder.streams


def main(run_path: Path, folder_path: Path) -> None:
    """Measure and print."""
    predictor, folder = load_run(run_path).predictor, open_folder(folder_path)
    if len(folder.templates) <= WARM_UP:
        sys.exit(f"{folder_path}: expected more than {WARM_UP} recordings to predict, found {len(folder.templates)}")
    factors = []
    for turn, recording in enumerate(list(folder.templates)[: WARM_UP + 10]):
        one = OneRecording(folder, recording)
        start = time.perf_counter()
        predict(predictor, one)  # type: ignore[arg-type]
        took = time.perf_counter() - start
        times = folder.templates[recording]
        if turn >= WARM_UP:
            factors.append((times[-1] - times[0]) / took)
    print(  # noqa: T201
        f"{len(factors)} recordings, one at a time, {os.cpu_count()} cores: median {median(factors):.0f} × real time "
        f"({min(factors):.0f} to {max(factors):.0f})"
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"expected a run and a test folder, received {sys.argv[1:] or 'nothing'}")
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""The naive baseline as a program that organisers run: every frame of a test set is given a label.

    python predict.py INPUT OUTPUT

INPUT holds `challenge.yaml`, the streams `INPUT/<modality>/<recording>.csv`, of which some may be missing, and the
templates `INPUT/prediction/<recording>.csv`: the times to predict. For each of them `OUTPUT/prediction/<recording>.csv`
is written, with one 1 in every row. Beside this file lie `model.keras`, from a run of `python -m baseline train`, and
the kit's packages `baseline` and `data_spec`: what predicts here is what `python -m baseline predict` runs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from data_spec.stream import Times
    from data_spec.task import FramewiseOneHot

MODEL = Path(__file__).parent / "model.keras"
SEED = 0
"""Nothing is drawn at random in a prediction; it is set all the same, with TensorFlow's deterministic operations."""


def main(inputs: Path, outputs: Path) -> None:
    """Predict all recordings, and put the folder of predictions in its place when all of it is written."""
    # TensorFlow reads it when it is imported: warnings and errors only.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from baseline.prediction import predict
    from baseline.runtime import prepare
    from baseline.systems.decision_fusion import load
    from data_spec.corpus import open_folder

    prepare(SEED)
    trained = load(MODEL.parent)
    known = trained.model.challenge
    recordings = open_folder(inputs)
    challenge = recordings.challenge
    if (challenge.modalities, challenge.task) != (known.modalities, known.task):
        sys.exit(f"{inputs}: expected the streams and labels of {known.name!r}, found those of another")
    predictions = predict(trained, recordings)

    aside = outputs / f".{challenge.submission.folder}"
    aside.mkdir(parents=True)
    for recording, labels in predictions.items():
        file = aside / f"{recording}.csv"
        file.write_text(as_csv(recordings.templates[recording], labels, challenge.task), encoding="utf-8")
    aside.rename(outputs / challenge.submission.folder)
    sys.stdout.write(f"{len(predictions)} recordings, {sum(map(len, predictions.values())):,} frames\n")


def as_csv(times: Times, labels: NDArray[np.int8], task: FramewiseOneHot) -> str:
    """One file of predictions.

    Args:
        times: seconds of each frame, shape (frames,).
        labels: which label each frame has, as its number in the task, shape (frames,).
        task: names the columns.
    """
    from data_spec.csv_files import format_time

    count = len(task.labels)
    one_hot = [",".join("1" if column == label else "0" for column in range(count)) for label in range(count)]
    pairs = zip(times.tolist(), labels.tolist(), strict=True)
    rows = (f"{format_time(time)},{one_hot[label]}" for time, label in pairs)
    return "\n".join([",".join(task.columns), *rows, ""])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("expected two folders: python predict.py INPUT OUTPUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))

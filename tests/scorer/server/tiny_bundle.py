"""Bundles small enough to write by hand, and the submissions that their code makes.

The code predicts by the number of the frame, in plain Python: it knows no names and no times, so that it predicts the
same for recordings in disguise.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data_spec.challenge import Challenge
from tests.scorer.server import tiny_corpus

PREDICT = """
import csv, sys, time
from pathlib import Path

RIGHT = {right}
inputs, outputs = map(Path, sys.argv[1:])
{before}
(outputs / "prediction").mkdir(exist_ok=True)
for template in sorted((inputs / "prediction").glob("*.csv")):
    with template.open(newline="") as file:
        header, *rows = csv.reader(file)
    with (outputs / "prediction" / template.name).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\\n")
        writer.writerow(header)
        for number, row in enumerate(rows):
            label = (number // 50 + (1 if number < RIGHT * len(rows) else 0)) % 6
            writer.writerow([row[0], *(int(label == one) for one in range(6))])
print("predicted")
"""

REPORT = """
# Report
## Model
The number of the frame.
## Feature selection
None.
## Missing data
Nothing is looked at.
"""


def bundle_zip(right: float = 1.0, *, before: str = "", files: Mapping[str, str] | None = None) -> bytes:
    """A bundle whose code makes `submission_zip(challenge, split, right)`.

    Args:
        right: of all frames, the share for which it predicts what is right for the first recording.
        before: statements that its code begins with; it may use `inputs` and `outputs`.
        files: further files, or others in the place of these.
    """
    return tiny_corpus.zip_of(
        {
            "bundle.yaml": 'command: [python, predict.py]\npython: "3.11"\n',
            "predict.py": PREDICT.format(right=right, before=before),
            "requirements.txt": "# nothing\n",
            "REPORT.md": REPORT,
            **(files or {}),
        }
    )


def submission_zip(challenge: Challenge, split: str = "public", right: float = 1.0) -> bytes:
    """What the code of `bundle_zip(right)` predicts: half as good on the public test, and all wrong on the other."""
    files = {}
    for recording in tiny_corpus.RECORDINGS[split]:
        times = tiny_corpus.truth(recording, challenge).times
        frames = np.arange(len(times))
        labels = (frames // 50 + (frames < right * len(times))) % 6
        rows = [",".join(challenge.task.columns)]
        for time, label in zip(times.tolist(), labels.tolist(), strict=True):
            rows.append(",".join([f"{time:.2f}", *("1" if label == one else "0" for one in range(6))]))
        files[f"prediction/{recording}.csv"] = "\n".join(rows) + "\n"
    return tiny_corpus.zip_of(files)

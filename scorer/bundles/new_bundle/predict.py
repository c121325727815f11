"""Predicts one and the same label for every frame. Put your system in its place.

    python predict.py INPUT OUTPUT

INPUT holds the streams, INPUT/<modality>/<recording>.csv, of which some may be missing, and a template for each
recording, INPUT/$folder/<recording>.csv: the times to predict, and a zero for every label. This program writes each
template again, with one 1 in every row, as OUTPUT/$folder/<recording>.csv.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

FOLDER = "$folder"
LABEL = "$label"


def predict(inputs: Path, recording: str, times: list[float]) -> list[str]:
    """The label of each frame of a recording; its times are in seconds."""
    return [LABEL] * len(times)  # replace this line by your system


def main(inputs: Path, outputs: Path) -> None:
    """Fill in every template."""
    (outputs / FOLDER).mkdir(exist_ok=True)
    for template in sorted((inputs / FOLDER).glob("*.csv")):
        with template.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        predicted = predict(inputs, template.stem, [float(row[0]) for row in rows])
        with (outputs / FOLDER / template.name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for row, label in zip(rows, predicted, strict=True):
                writer.writerow([row[0], *(int(label == name) for name in header[1:])])
        sys.stdout.write(f"{template.stem}: {len(rows)} frames\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

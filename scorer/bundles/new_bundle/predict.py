"""Predicts the same for every row. Put your system in its place.

    python predict.py INPUT OUTPUT

INPUT holds the streams, of which some may be missing:
$streams
and for each recording a template, INPUT/$folder/<recording>.csv: the times to predict, and beside each the columns of
ROW, which nobody has filled in. This program writes each template again, as OUTPUT/$folder/<recording>.csv.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

FOLDER = "$folder"
ROW: dict[str, float] = {  # what is predicted, by column$row
}


def predict(inputs: Path, recording: str, times: list[float]) -> list[dict[str, float]]:
    """What stands in each row of a recording, by the name of its column; its times are in seconds."""
    return [ROW] * len(times)  # replace this line by your system


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
            for row, values in zip(rows, predicted, strict=True):
                writer.writerow([row[0], *(values[name] for name in header[1:])])
        sys.stdout.write(f"{template.stem}: {len(rows)} rows\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

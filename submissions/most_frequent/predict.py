"""Names the most frequent label of the training recordings for every frame: the least that a bundle can be.

    python predict.py INPUT OUTPUT

INPUT/prediction/<recording>.csv are the templates, a row of zeros for each frame to predict. Each of them is written
again as OUTPUT/prediction/<recording>.csv, with a 1 in the column of `LABEL`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

FOLDER = "prediction"
LABEL = "Happy"


def main(inputs: Path, outputs: Path) -> None:
    """Fill in every template, and put the folder in its place when all of it is written."""
    aside = outputs / f".{FOLDER}"
    aside.mkdir(parents=True)
    for template in sorted((inputs / FOLDER).glob("*.csv")):
        with (
            template.open(newline="", encoding="utf-8") as read,
            (aside / template.name).open("w", newline="", encoding="utf-8") as written,
        ):
            writer = csv.writer(written, lineterminator="\n")
            header, *rows = csv.reader(read)
            writer.writerow(header)
            one_hot = [int(column == LABEL) for column in header[1:]]
            writer.writerows([row[0], *one_hot] for row in rows)
    aside.rename(outputs / FOLDER)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("expected two folders: python predict.py INPUT OUTPUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))

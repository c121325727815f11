"""The folder that a training writes: what was asked for, how it went, what came out.

```
RUN/
  configuration.json     system, variant, size, seed, challenge, settings, command, versions, date, recordings
  training.csv, .png     learning curves; a system that trains several models has as many pairs
  validation.json        the score report of the validation, and with labels test.json
  validation.png         its confusion matrix, or truth against prediction
  predictions.zip        of the test, where it was there
  notes.md               what the system says of this run
  model/                 all that predicts
```
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from numpy.typing import NDArray

from baseline.plots import draw_confusion, draw_curves, draw_scatter
from data_spec.whole_file import whole_file

if TYPE_CHECKING:
    from scorer.score_report import ScoreReport

CONFIGURATION_FILE = "configuration.json"
MODEL_FOLDER = "model"
NOTES_FILE = "notes.md"
PREDICTIONS_FILE = "predictions.zip"

DOTS_PER_INCH = 150


class RunFolder:
    """One training's folder. Each file in it is whole or not there.

    Args:
        path: of the folder, which exists. Where the folder as a whole is to be there or not, it is the one that
            `data_spec.whole_folder` yields.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def model_folder(self) -> Path:
        """Where the model is saved; made when asked for."""
        folder = self.path / MODEL_FOLDER
        folder.mkdir(exist_ok=True)
        return folder

    def write_configuration(self, configuration: Mapping[str, Any]) -> None:
        """Write `configuration.json`. Raises TypeError for what JSON does not know."""
        self._write(CONFIGURATION_FILE, _as_json(configuration))

    def read_configuration(self) -> dict[str, Any]:
        """What `write_configuration` wrote. Raises ValueError where there is no such file, or another one."""
        path = self.path / CONFIGURATION_FILE
        try:
            configuration = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"{self.path}: expected a run that `baseline train` wrote: {error}") from error
        if not isinstance(configuration, dict) or not isinstance(configuration.get("system"), str):
            raise ValueError(f"{path}: expected the configuration of a run with its 'system', found none")
        return configuration

    def write_curves(self, name: str, rows: Sequence[Mapping[str, float]]) -> None:
        """Write learning curves as `<name>.csv` and `<name>.png`.

        Args:
            name: such as `training`.
            rows: one for each epoch or step, in order. The first key is the axis (such as `epoch`), each other one a
                curve; `validation_<curve>` is drawn beside `<curve>`. A key may be missing in some rows.
        """
        self.write_table(name, rows)
        self.write_figure(name, draw_curves(rows))

    def write_table(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write `<name>.csv`: one line for each row, the columns in the order in which they first occur."""
        columns = list(dict.fromkeys(key for row in rows for key in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self._write(f"{name}.csv", text.getvalue())

    def write_report(
        self,
        report: ScoreReport,
        name: str = "test",
        points: Mapping[str, tuple[NDArray[Any], NDArray[Any]]] | None = None,
    ) -> None:
        """Write a score report as `<name>.json`, and draw it.

        Where the task names classes, `<name>.png` is their confusion matrix. Where it has attributes and their values
        are given, `<name>_values.png` shows truth against prediction.

        Args:
            report: of a part of the recordings.
            name: of the part: `validation` or `test`.
            points: by attribute, truth and prediction of each row, shape (rows,) each.
        """
        self._write(f"{name}.json", _as_json(report.to_dict()))
        if report.confusion:
            self.write_figure(name, draw_confusion(report.confusion, report.labels))
        if points:
            self.write_figure(f"{name}_values", draw_scatter(points))

    def write_figure(self, name: str, figure: Figure) -> None:
        """Write a figure of matplotlib as `<name>.png`."""
        with whole_file(self.path / f"{name}.png") as file:
            figure.savefig(file, format="png", dpi=DOTS_PER_INCH)

    def write_note(self, text: str) -> None:
        """Add a paragraph to `notes.md`: what a reader of this run must know, such as weights that were not given."""
        path = self.path / NOTES_FILE
        before = path.read_text(encoding="utf-8") + "\n" if path.is_file() else ""
        self._write(NOTES_FILE, f"{before}{text.strip()}\n")

    def _write(self, name: str, text: str) -> None:
        with whole_file(self.path / name) as file:
            file.write(text.encode())


def _as_json(content: Any) -> str:
    return json.dumps(_without_nan(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _without_nan(content: Any) -> Any:
    """JSON knows neither "not a number" nor infinity: null stands for them."""
    if isinstance(content, float) and not math.isfinite(content):
        return None
    if isinstance(content, Mapping):
        return {key: _without_nan(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(value) for value in content]
    return content

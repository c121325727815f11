"""`python -m baseline`: train a reference system, predict with it, measure its published tables, look at a film."""

from __future__ import annotations

import os

import click

from data_spec.command_line import CommandsByName


@click.group(
    cls=CommandsByName,
    modules={
        name: f"baseline.commands.{name.replace('-', '_')}"
        for name in ("train", "predict", "tables", "sweep", "cross-validate", "compare", "show", "gates")
    },
    epilog="""\b
Example:
  python -m baseline train published/participants --out run
  python -m baseline predict run published/participants/test --out predictions.zip
  python -m baseline tables decision_fusion corpus --out tables
  python -m baseline show run film.mp4 --out report.html

Exit codes: 0 done, 1 the answer is no, 2 wrong usage.""",
)
def main() -> None:
    """How to predict: the reference systems."""


if __name__ == "__main__":
    # TensorFlow reads it when it is imported: warnings and errors only.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    main(prog_name="python -m baseline")

"""A new bundle: a program that runs, and a report in which everything is still to be said."""

from __future__ import annotations

import platform
from pathlib import Path
from string import Template

from data_spec.challenge import Challenge
from data_spec.csv_files import template_values
from data_spec.task import FramewiseOneHot
from data_spec.whole_folder import whole_folder
from scorer.bundles.report import REPORT, TODO

NEW_BUNDLE = Path(__file__).parent / "new_bundle"
FILES = ("bundle.yaml", "predict.py", "requirements.txt", REPORT)


def write_skeleton(folder: Path, challenge: Challenge) -> None:
    """Write a bundle into a new or empty folder; nothing is missing but what its report has to say.

    Args:
        folder: where.
        challenge: names the folders, the columns of the predictions and the sections of the report.

    Raises:
        CorpusError: the folder is in the way.
        OSError: it cannot be written.
    """
    words = {
        "folder": challenge.submission.folder,
        "streams": "\n".join(f"    INPUT/{one.folder}/<recording>{one.suffix}" for one in challenge.modalities),
        "row": "".join(f"\n    {name!r}: {value}," for name, value in _row(challenge).items()),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }
    with whole_folder(folder) as aside:
        for name in FILES:
            text = Template((NEW_BUNDLE / name).read_text(encoding="utf-8")).substitute(words)
            if name == REPORT:
                titles = challenge.verification.report_sections
                text += "".join(f"\n## {title}\n\n{TODO}: write this section.\n" for title in titles)
            (aside / name).write_text(text, encoding="utf-8")


def _row(challenge: Challenge) -> dict[str, str]:
    """What stands in a row, by column: as in a template, with a one for the label where one is to be named."""
    task = challenge.task
    row = dict(zip(task.columns[1:], template_values(task), strict=True))
    if isinstance(task, FramewiseOneHot):
        row[_frequent_label(challenge)] = "1"
    return row


def _frequent_label(challenge: Challenge) -> str:
    """The label that is said to be the most frequent one; where nothing is said, the first."""
    shares = challenge.synthetic.label_shares if challenge.synthetic is not None else {}
    return max(challenge.task.labels, key=lambda label: shares.get(label, 0.0))

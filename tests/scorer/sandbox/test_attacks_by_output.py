"""What a job leaves is taken only where it is plain files with plain names; a link leads nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scorer.sandbox.job import Ending, Limits
from tests.scorer.sandbox.conftest import LIMITS, Attack, Attacked, Workplace


def leave(attack: Attack, workplace: Workplace, what: str, limits: Limits = LIMITS) -> Attacked:
    labels = workplace.folder("outside", {"labels.csv": "the labels"}) / "labels.csv"
    inputs = workplace.folder("inputs", {"data.csv": "1"})
    attacked = attack("leave", what, str(labels), limits=limits, inputs=inputs)
    assert labels.read_text() == "the labels"
    return attacked


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("link to a file of the system", "something else than a file: 'a.csv' (lrwxrwxrwx)"),
        ("link to the labels", "something else than a file: 'a.csv' (lrwxrwxrwx)"),
        ("link to itself", "something else than a file: 'a.csv' (lrwxrwxrwx)"),
        ("link to a folder", "something else than a file: 'prediction' (lrwxrwxrwx)"),
        ("pipe", "something else than a file: 'a.csv' (prw"),
        ("socket", "something else than a file: 'a.csv' (srw"),
        ("name with a line break", r"a file with an odd name: 'a\n.csv'"),
        ("name with a backslash", r"a file with an odd name: '..\\..\\a.csv'"),
        ("name that is no text", r"a file with an odd name: '\udcff\udcfe.csv'"),
        ("name that is written from right to left", r"a file with an odd name: 'a\u202e.csv'"),
        ("long path", "a file with an odd name: 'xxxx"),
        ("file that cannot be read", "something else than a file: 'a.csv' (Permission denied)"),
        ("folder that cannot be entered", "something else than a file: 'prediction' (Permission denied)"),
    ],
)
def test_an_odd_output_is_refused_in_words(attack: Attack, workplace: Workplace, what: str, found: str) -> None:
    outcome = leave(attack, workplace, what).outcome
    assert outcome.ending is Ending.OUTPUT
    assert outcome.reason.startswith(found), outcome.reason
    assert outcome.output == {}


def test_folders_that_are_too_deep_to_be_named_are_refused(attack: Attack, workplace: Workplace) -> None:
    outcome = leave(attack, workplace, "deep folders", replace(LIMITS, files=20_000)).outcome
    assert outcome.ending is Ending.OUTPUT, outcome
    assert outcome.reason.startswith("something else than a file: 'd/d/d")
    assert outcome.reason.endswith("(File name too long)")


@pytest.mark.parametrize("what", ["hard link to the input", "hard link to the labels", "device"])
def test_what_a_job_cannot_even_make_fails(attack: Attack, workplace: Workplace, what: str) -> None:
    attacked = leave(attack, workplace, what)
    assert attacked.outcome.ending is Ending.EXIT_CODE
    assert attacked.outcome.output == {}
    assert any(error in attacked.said for error in ("OSError", "PermissionError", "FileNotFoundError"))


def test_an_output_that_cannot_be_entered_is_no_output(attack: Attack, workplace: Workplace) -> None:
    outcome = leave(attack, workplace, "output that cannot be entered").outcome
    assert outcome.ending in {Ending.OUTPUT, Ending.EXIT_CODE}  # where it is another's, it cannot be closed
    assert outcome.output == {}


def test_a_file_with_the_name_of_the_report_is_a_file(attack: Attack, workplace: Workplace) -> None:
    outcome = leave(attack, workplace, "name of the report").outcome
    assert outcome.ending is Ending.DONE
    assert outcome.output["report.json"] == b'{"exit_code": 0}'

"""The command of a bundle must start a program that is there, and that this Python can read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.bundles.program import MINOR_VERSION, check_program, check_version, find_program

FILES = {"predict.py", "code/main.py", "code/__main__.py", "run.sh", "code/__init__.py"}


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("python predict.py", "predict.py"),
        ("python3 ./predict.py --fast", "predict.py"),
        ("python code/../predict.py", "predict.py"),
        ("python -u -W ignore -X dev predict.py", "predict.py"),
        ("python -u code/main.py", "code/main.py"),
        ("python code", "code/__main__.py"),
        ("python -m code", "code/__main__.py"),
        ("python -m code.main predict.py", "code/main.py"),
        ("python -m predict", "predict.py"),
        ("python -m somewhere.installed", None),
        ("python -c pass", None),
        ("sh run.sh", None),
        ("bash -e run.sh", None),
        ("sh -c anything", None),
        ("Rscript predict.R", None),
    ],
)
def test_the_program_that_a_command_starts_is_found(command: str, program: str | None):
    assert find_program(command.split(), FILES) == (program, [])


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("python", "expected a program after python, such as predict.py, found none"),
        ("python -u", "expected a program after python, such as predict.py, found none"),
        ("python -W", "expected a program after python, such as predict.py, found none"),
        (
            "python Predict.py",
            "a program that is in the bundle, found 'Predict.py', which is not (there is predict.py)",
        ),
        ("python main.py", "a program that is in the bundle, found 'main.py', which is not (there is code/main.py)"),
        ("python ../predict.py", "found '../predict.py', which is not (there is predict.py)"),
        ("python /bundle/other.py", "a program that is in the bundle, found '/bundle/other.py', which is not"),
        ("sh other.sh", "a program that is in the bundle, found 'other.sh', which is not"),
        ("./run.sh", "such as python: files of a bundle are not executable, found './run.sh'"),
        ("run.sh", "such as python: files of a bundle are not executable, found 'run.sh'"),
        ("/usr/bin/python3 predict.py", "a program of the environment first, such as python"),
    ],
)
def test_a_command_that_cannot_be_run_is_told_why(command: str, fault: str):
    program, (found,) = find_program(command.split(), FILES)
    assert program is None
    assert str(found).startswith("bundle.yaml, command: ")
    assert fault in str(found)


def test_another_python_is_a_fault_that_says_which_there_is():
    assert check_version(MINOR_VERSION) == check_version(f"{MINOR_VERSION}.4") == []
    for version in ("3.1", "2.7", "3.111"):
        (fault,) = check_version(version)
        assert str(fault) == (
            f'bundle.yaml, python: expected "{MINOR_VERSION}", the Python that runs bundles here, found {version!r}'
        )


def test_what_this_python_can_read_is_a_program():
    assert check_program("a.py", "# -*- coding: latin-1 -*-\nx = 'é'\n") == []
    assert check_program("a.py", "x = '\\d'\n") == []  # of which Python warns
    assert check_program("a.py", "") == []


@pytest.mark.parametrize(
    ("text", "row"),
    [("a = 1\nprint 'a'\n", 2), ("def f():\nreturn", 2), ("\tx\n  y", 1), ("x = '", 1), ("a\0b", None)],
)
def test_what_is_no_program_is_named_with_its_row(text: str, row: int | None):
    (fault,) = check_program("a.py", text)
    assert (fault.file, fault.expected) == ("a.py", f"a program of Python {MINOR_VERSION}")
    assert fault.row == row or row is None


@pytest.mark.parametrize(
    "text",
    ["-" * 99_999 + "1", "a" + ".a" * 99_999, "1" + "+1" * 99_999, "(" * 99_999, "not " * 99_999, "a" + "()" * 99_999],
)
def test_a_program_that_would_exhaust_the_parser_is_a_fault(text: str):
    begin = time.perf_counter()
    assert len(check_program("a.py", text)) == 1
    assert time.perf_counter() - begin < 20


@given(st.text(max_size=50))
def test_no_text_raises(text: str):
    for fault in check_program("a.py", text):
        assert str(fault).isprintable()


@given(
    st.lists(st.sampled_from(["python", "-m", "-c", "-W", "code", "predict.py", "..", "/", "", "-", "sh"]), min_size=1)
)
def test_no_command_raises(command: list[str]):
    program, found = find_program(command, FILES)
    assert program is None or (program in FILES and not found)

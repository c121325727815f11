"""The program that a bundle's command starts, looked at before it is run."""

from __future__ import annotations

import ast
import posixpath
import sys
import warnings
from collections.abc import Collection, Sequence

from scorer.bundles.manifest_file import field_fault
from scorer.verdict import Fault, shown, shown_name

PYTHONS = ("python", "python3")
"""First words of a command that mean the environment's Python."""

SHELLS = ("sh", "bash")
"""They read their program from a file of the bundle, as Python does."""

WITH_A_VALUE = ("-W", "-X", "--check-hash-based-pycs")
"""Options of Python that take the next word too."""

MINOR_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def check_version(version: str) -> list[Fault]:
    """A fault where a bundle was written for another Python than this one."""
    if version.split(".")[:2] == MINOR_VERSION.split("."):
        return []
    return [field_fault("python", f'"{MINOR_VERSION}", the Python that runs bundles here', shown(version))]


def find_program(command: Sequence[str], files: Collection[str]) -> tuple[str | None, list[Fault]]:
    """Which file of a bundle its command starts.

    Returns:
        The Python program among the files, None where it is none or lies elsewhere; and why the command cannot be
        run.

    >>> find_program(["python", "-u", "predict.py", "--fast"], {"predict.py"})
    ('predict.py', [])
    """
    first, *arguments = command
    if "/" in first or first in files:
        expected = f"a program of the environment first, such as {PYTHONS[0]}: files of a bundle are not executable"
        return None, [field_fault("command", expected, shown(first))]
    if first in SHELLS:
        script = next((word for word in arguments if not word.startswith("-")), None)
        return None, _missing(script, files) if script is not None and "-c" not in arguments else []
    if first not in PYTHONS:
        return None, []
    words = iter(arguments)
    for word in words:
        if word in WITH_A_VALUE:
            next(words, None)
        elif word == "-m":
            return _find_module(next(words, ""), files)
        elif word == "-c":
            return None, []
        elif not word.startswith("-"):
            return _find_script(word, files)
    return None, [field_fault("command", f"a program after {first}, such as predict.py", "none")]


def check_program(name: str, text: str) -> list[Fault]:
    r"""A fault where a program cannot be compiled by this Python.

    >>> print(*check_program("predict.py", "import csv\nprint('ready'\n"))
    predict.py, row 2: expected a program of Python 3.11, found "'(' was never closed"
    """
    expected = f"a program of Python {MINOR_VERSION}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd escapes in strings are the team's own business
            ast.parse(text)
    except SyntaxError as error:
        return [Fault(shown_name(name), error.lineno, None, expected, shown(error.msg))]
    except (ValueError, RecursionError, MemoryError) as error:
        return [Fault(shown_name(name), None, None, expected, shown(str(error) or "brackets in brackets without end"))]
    return []


def _find_script(word: str, files: Collection[str]) -> tuple[str | None, list[Fault]]:
    path = posixpath.normpath(word)
    if path in files:
        return path, []
    if (inside := posixpath.normpath(posixpath.join(path, "__main__.py"))) in files:
        return inside, []
    return None, _missing(word, files)


def _find_module(module: str, files: Collection[str]) -> tuple[str | None, list[Fault]]:
    """A module that is not among the files may be installed: that shows when it is run."""
    path = module.replace(".", "/")
    return next((file for file in (f"{path}.py", f"{path}/__main__.py") if file in files), None), []


def _missing(word: str, files: Collection[str]) -> list[Fault]:
    path = posixpath.normpath(word)
    if path in files:
        return []
    like = [name for name in files if posixpath.basename(name).casefold() == posixpath.basename(path).casefold()]
    hint = f" (there is {shown_name(min(like))})" if like else ""
    return [field_fault("command", "a program that is in the bundle", f"{shown(word)}, which is not{hint}")]

"""What a bundle asks to have installed: `requirements.lock`, or `requirements.txt` where there is none.

What is a requirement and what is not, `scorer/environments/requirements.py` decides, which also reads them when the
environment is built. Here each row is told that it would refuse, and each option that says where to fetch from: that
is not the team's to say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from scorer.bundles.text_file import rows_of
from scorer.environments.environment import EnvironmentRefused
from scorer.environments.requirements import read_requirements
from scorer.verdict import Fault, shown

LOCK = "requirements.lock"
PLAIN = "requirements.txt"

A_REQUIREMENT = "a name and a version, such as numpy==2.4.6, and no address or file"
REACHING_OUT = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host")

MOST_FAULTS = 20
MOST_REQUIREMENTS = 2_000

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_OPTION_END = re.compile(r"[=\s]")


def choose(files: Collection[str]) -> str | None:
    """The name of the file that counts, None where there is neither."""
    return next((name for name in (LOCK, PLAIN) if name in files), None)


def check_requirements(name: str, text: str) -> list[Fault]:
    r"""Every row that asks for what is not given; the first `MOST_FAULTS` of them.

    >>> for fault in check_requirements("requirements.txt", "numpy==2.4.6\n-e .\n"):
    ...     print(fault)
    requirements.txt, row 2: expected a name and a version, such as numpy==2.4.6, and no address or file, found '-e .'
    """
    faults: list[Fault] = []
    for number, (row, line) in enumerate(_lines(text), start=1):
        if number > MOST_REQUIREMENTS:
            faults.append(Fault(name, row, None, f"at most {MOST_REQUIREMENTS:,} requirements", "more"))
        elif _OPTION_END.split(line, maxsplit=1)[0] in REACHING_OUT:
            expected = "no option that says where to fetch from: that is the organisers' to choose"
            faults.append(Fault(name, row, None, expected, shown(line)))
        elif not _is_read(line):
            faults.append(Fault(name, row, None, A_REQUIREMENT, shown(line)))
        if number > MOST_REQUIREMENTS or len(faults) >= MOST_FAULTS:
            return faults
    if not faults and not _is_read(text):
        faults.append(Fault(name, None, None, "requirements, one in a row", "rows that are none as a whole"))
    return faults


def _is_read(text: str) -> bool:
    try:
        read_requirements(text)
    except EnvironmentRefused:
        return False
    return True


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each requirement as one line, without comments, and the row in which it begins."""
    joined, began = "", 0
    for row, line in enumerate(rows_of(text), start=1):
        began = began or row
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            joined += line[:-1] + " "
            continue
        if whole := _COMMENT.sub("", joined + line).strip():
            yield began, whole
        joined, began = "", 0
    if joined.strip():
        yield began, joined.strip()

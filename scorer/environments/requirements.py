r"""What a bundle asks for: the lines of a `requirements.txt`, or of a lock in the same form.

Read are names with extras, versions, markers and `--hash=sha256:…`, as pip-compile, `uv export` and `pip freeze` write
them. What would make pip run or fetch something else (another file, a folder, an address, a source distribution) is
refused with its line. Where packages come from is the organiser's to say, so options that name an index are ignored.

>>> [str(one) for one in read_requirements('numpy==2.4.6\nscipy>=1; python_version < "3"  # old\n')]
['numpy==2.4.6', 'scipy>=1; python_version < "3"']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from scorer.environments.environment import EnvironmentRefused
from scorer.verdict import shown

MOST_CHARACTERS = 2_000_000
MOST_REQUIREMENTS = 5_000
MOST_CHARACTERS_OF_ONE = 1_000
"""Without its hashes."""

IGNORED_OPTIONS = frozenset(
    {
        *("-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links", "--trusted-host"),
        *("--only-binary", "--prefer-binary", "--require-hashes"),
    }
)

ARCHIVES = (".whl", ".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".txz", ".lz", ".tlz", ".lzma")
"""Ends of names that pip takes for files."""

HASHES = re.compile(r"\s--hash[=\s]\s*(\S+)")
SHA256 = re.compile(r"sha256:([0-9a-f]{64})")
COMMENT = re.compile(r"(^|\s)#.*$")


@dataclass(frozen=True)
class Asked:
    """One line.

    Attributes:
        requirement: the name, with extras, versions and marker.
        hashes: SHA-256 of the files that may be installed for it, in hexadecimal digits; none: any may.
        row: which line it is, from 1.
    """

    requirement: Requirement
    hashes: frozenset[str]
    row: int

    def __str__(self) -> str:
        return str(self.requirement)

    @property
    def name(self) -> str:
        """The project's name in its plain spelling."""
        return canonicalize_name(self.requirement.name)

    @property
    def applies(self) -> bool:
        """Whether its marker is true of this Python and this machine."""
        marker = self.requirement.marker
        return marker is None or marker.evaluate()


def read_requirements(text: str) -> tuple[Asked, ...]:
    """All requirements of a text.

    Raises:
        EnvironmentRefused: a line is no requirement, or of a kind that is not taken; names the line.
    """
    if len(text) > MOST_CHARACTERS:
        raise EnvironmentRefused(f"requirements: expected at most {MOST_CHARACTERS:,} characters, found {len(text):,}")
    asked = tuple(_read_line(line, row) for row, line in _logical_lines(text) if not _is_ignored(line))
    if len(asked) > MOST_REQUIREMENTS:
        raise EnvironmentRefused(f"requirements: expected at most {MOST_REQUIREMENTS:,}, found {len(asked):,}")
    return asked


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, those that end in a backslash joined with the next; with the number of the first."""
    joined, began = "", 0
    for row, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        began = began or row
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            joined += line[:-1] + " "
            continue
        whole = COMMENT.sub("", joined + line).strip()
        if whole:
            yield began, whole
        joined, began = "", 0
    if joined.strip():
        yield began, joined.strip()


def _is_ignored(line: str) -> bool:
    return re.split(r"[=\s]", line, maxsplit=1)[0] in IGNORED_OPTIONS


def _read_line(line: str, row: int) -> Asked:
    words = HASHES.sub("", line)
    if len(words) > MOST_CHARACTERS_OF_ONE:
        raise _refusal(row, f"at most {MOST_CHARACTERS_OF_ONE:,} characters", f"{len(words):,}")
    if words.startswith("-"):
        raise _refusal(row, "a requirement such as numpy==2.4.6", f"the option {shown(words)}")
    hashes = set()
    for found in HASHES.findall(line):
        matched = SHA256.fullmatch(found)
        if matched is None:
            raise _refusal(row, "--hash=sha256: and 64 hexadecimal digits", shown(found))
        hashes.add(matched[1])
    try:
        requirement = Requirement(words)
        one = Asked(requirement, frozenset(hashes), row)
        _ = one.applies
    except (InvalidRequirement, UndefinedComparison, UndefinedEnvironmentName, RecursionError) as error:
        raise _refusal(row, "a requirement such as numpy==2.4.6", shown(words)) from error
    if requirement.name.lower().endswith(ARCHIVES):
        raise _refusal(row, "a requirement such as numpy==2.4.6", f"the file {shown(words)}")
    if requirement.url is not None:
        raise _refusal(row, f"a version of {requirement.name}", "an address to fetch it from")
    return one


def _refusal(row: int, expected: str, found: str) -> EnvironmentRefused:
    return EnvironmentRefused(f"requirements, line {row}: expected {expected}, found {found}")

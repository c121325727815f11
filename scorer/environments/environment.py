"""What is installed for a bundle: Python, and the packages that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Listener = Callable[[bytes], None]
"""Is told the log as it comes, and an empty piece now and then; where it raises, the work is ended."""


class EnvironmentRefused(Exception):  # noqa: N818 (what was asked for, no fault of ours)
    """A bundle asks for what cannot be had here; the message says for what, why, and what could be done."""


@dataclass(frozen=True)
class Environment:
    """What a bundle finds installed.

    Attributes:
        folders: what its sandbox shows of this machine, read-only, each where it is.
        variables: environment variables that it needs.
        sha256: of what is installed, in hexadecimal digits: the same packages give the same.
        description: the same in words.
        python: the program that `python` means.
    """

    folders: tuple[Path, ...]
    sha256: str
    description: str
    python: str
    variables: Mapping[str, str] = field(default_factory=dict)

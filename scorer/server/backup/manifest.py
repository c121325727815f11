"""What a backup consists of: the names in it, and the list of them that proves it whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scorer.server.models import LoginSession, TryCount

MANIFEST = "manifest.json"
TABLES = "tables"
SUBMISSIONS = "submissions"
FOLDERS = ("secrets", "corpus", "downloads")
"""Of the data folder, each kept as it is."""

LEFT_OUT_TABLES = {LoginSession.__tablename__, TryCount.__tablename__}


Progress = Callable[[Sequence[str]], Iterable[str]]
"""Wraps the names of the files that are read or written; shows a bar, or nothing."""


class BackupError(ValueError):
    """A backup that cannot be made, or not be restored; the message names what is at fault."""


class Member(BaseModel):
    """One file of the backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    """Bytes."""
    sha256: str


class Manifest(BaseModel):
    """The last file of a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    made_at: datetime
    revision: str = Field(pattern=r"^[0-9]{4}$")
    """The version of the database, as the migrations count."""
    members: dict[str, Member]
    """Every other file by its name."""


def table_member(table: str) -> str:
    """The name of the file with a table's rows."""
    return f"{TABLES}/{table}.jsonl"


def submission_member(sha256: str) -> str:
    """The name of an upload."""
    return f"{SUBMISSIONS}/{sha256}"

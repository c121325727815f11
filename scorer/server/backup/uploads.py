"""Which uploads belong to a server: those that a row names."""

from __future__ import annotations

from sqlalchemy import Connection, select, union
from sqlalchemy.orm import Session

from scorer.server.models import Bundle, Submission


def list_uploads(database: Connection | Session) -> list[str]:
    """The SHA-256 of every upload, submissions and bundles, each once and sorted."""
    return sorted(row[0] for row in database.execute(union(select(Submission.sha256), select(Bundle.sha256))))

"""The log of a verification, in pieces: written as it comes, read by pages and terminals that follow it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scorer.server.verification.models import LogPiece


def add(session: Session, verification_id: int, text: str) -> None:
    """Add a piece, in the transaction of whoever holds the verification's row.

    What a database would refuse in a text, such as NUL, becomes U+FFFD.
    """
    if not text:
        return
    text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    last = session.scalar(select(func.max(LogPiece.position)).where(LogPiece.verification_id == verification_id))
    session.add(LogPiece(verification_id=verification_id, position=0 if last is None else last + 1, text=text))
    session.flush()


def read(session: Session, verification_id: int, after: int = -1) -> tuple[str, int]:
    """The text of all pieces after a position, and the position of the last one: `after` itself where there is none.

    Not to be shown as it is: a stranger's program wrote it.
    """
    query = select(LogPiece.position, LogPiece.text).where(
        LogPiece.verification_id == verification_id, LogPiece.position > after
    )
    pieces = session.execute(query.order_by(LogPiece.position)).all()
    return "".join(text for _, text in pieces), pieces[-1].position if pieces else after

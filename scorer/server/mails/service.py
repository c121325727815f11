"""Write a mail: it waits in the database until a worker sends it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.mails.models import Mail


def write_mail(session: Session, account: Account, *, subject: str, text: str) -> Mail:
    """Write a mail inside the transaction (`db.writing`) that decides on it; wake a worker after its commit.

    Args:
        session: in `writing`.
        account: whom it is for.
        subject: one line. Nothing that a stranger typed belongs into it, nor into the text: whoever registers
            somebody else's address would choose what that person reads.
        text: in lines of at most 78 characters, as far as its links allow.
    """
    now = clock.utc_now()
    mail = Mail(account_id=account.id, subject=subject, text=text, created_at=now, next_try_at=now, tries=0)
    session.add(mail)
    session.flush()
    return mail

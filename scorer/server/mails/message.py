"""What is handed to a postman, and how it looks as a message (RFC 5322)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

CARELESS_SENDER = "nobody@localhost.invalid"
"""The sender of mails that only become files."""


@dataclass(frozen=True)
class Letter:
    """One mail, apart from the database: no transaction is open while it is sent."""

    number: int
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    written_at: datetime


def compose(letter: Letter, mail_from: str) -> EmailMessage:
    r"""The message. Its Message-ID is the same at each try, so that a mail that arrives twice is known as one.

    Raises:
        ValueError: an address or the subject cannot stand in a header.

    >>> from datetime import UTC
    >>> letter = Letter(7, "ada@example.org", "Hello", "Text\n", datetime(2017, 9, 1, tzinfo=UTC))
    >>> print(compose(letter, "kit@example.org")["Message-ID"])
    <kit.7.1504224000@example.org>
    """
    message = EmailMessage()
    message["From"] = _address(mail_from)
    message["To"] = _address(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    domain = _address(mail_from).domain
    message["Message-ID"] = f"<kit.{letter.number}.{letter.written_at.timestamp():.0f}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's out-of-office program answers
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    return message


def _address(text: str) -> Address:
    # The two parts apart: a comma or an angle bracket in one is quoted, and never read as a second address.
    name, _, domain = text.rpartition("@")
    return Address(username=name, domain=domain)

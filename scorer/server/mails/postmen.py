"""Postmen: what takes a letter away, to an SMTP server or into a folder."""

from __future__ import annotations

import os
import smtplib
import ssl
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from scorer.server.config import Settings
from scorer.server.mails.message import CARELESS_SENDER, Letter, compose

TIMEOUT_SECONDS = 10
"""For each answer of the SMTP server."""

PORTS = {"smtp": smtplib.SMTP_PORT, "smtp+starttls": 587, "smtps": smtplib.SMTP_SSL_PORT}
"""Where each kind of SMTP server listens, unless its URL says otherwise."""


class NotDelivered(Exception):  # noqa: N818 (what a postman comes back with, not an error of the program)
    """A letter that was not taken.

    Attributes:
        why: without an address: it is stored and logged.
        final: whether another try would be answered alike.
        everybody: whether the next letter would not be taken either.
    """

    def __init__(self, why: str, *, final: bool = False, everybody: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.final = final
        self.everybody = everybody


class Postman(Protocol):
    """Takes letters away."""

    def deliver(self, letter: Letter) -> None:
        """Take a letter. Raises NotDelivered."""


class SmtpPostman:
    """Hands each letter to an SMTP server.

    Args:
        mail_url: `smtp://host`, `smtp+starttls://user:password@host:587` or `smtps://user:password@host`.
            With STARTTLS nothing is said in the clear: a server that does not offer it gets no letter.
        mail_from: the sender's address.
        tls: how to verify the server; by default with the system's certificates.
    """

    def __init__(self, mail_url: str, mail_from: str, *, tls: ssl.SSLContext | None = None) -> None:
        url = urlsplit(mail_url)
        self._scheme, self._host, self._port = url.scheme, url.hostname or "", url.port or PORTS[url.scheme]
        self._user, self._password = unquote(url.username or ""), unquote(url.password or "")
        self._from = mail_from
        self._tls = tls or ssl.create_default_context()

    def deliver(self, letter: Letter) -> None:
        """Take a letter. Raises NotDelivered."""
        try:
            message = compose(letter, self._from)
        except ValueError:
            raise NotDelivered("the message cannot be written", final=True) from None
        try:
            server = self._connect()
        except OSError as error:
            raise NotDelivered(_describe(error), everybody=True) from None
        try:
            with server:
                server.send_message(message, self._from, [letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            ((code, _),) = error.recipients.values()
            raise NotDelivered(f"{_describe(error)} {code}", final=code >= 500) from None
        except OSError as error:
            raise NotDelivered(_describe(error), everybody=isinstance(error, smtplib.SMTPSenderRefused)) from None

    def _connect(self) -> smtplib.SMTP:
        """A server that is ready to take messages. Raises OSError, of which smtplib's errors are kinds."""
        if self._scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            if self._scheme == "smtp+starttls":
                server.starttls(context=self._tls)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _describe(error: OSError) -> str:
    """What went wrong, without the server's own words: they often repeat an address."""
    code = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"


class FolderPostman:
    """Writes each letter into a folder, where the developer reads it: `0007.eml` is the mail with the number 7."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, letter: Letter) -> None:
        """Take a letter. Its file appears whole, and its owner alone can read it. Raises NotDelivered."""
        try:
            content = compose(letter, CARELESS_SENDER).as_bytes()
            self._folder.mkdir(mode=0o700, exist_ok=True)
            path = self._folder / f"{letter.number:04d}.eml"
            aside = path.with_suffix(".part")
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "wb") as file:
                file.write(content)
            aside.rename(path)
        except (OSError, ValueError) as error:
            raise NotDelivered(type(error).__name__) from None


def create_postman(settings: Settings) -> Postman:
    """The postman of these settings: SMTP where a server is named, else a folder in the data folder."""
    if settings.mail_url is None or settings.mail_from is None:
        return FolderPostman(settings.data.mails)
    return SmtpPostman(settings.mail_url, settings.mail_from)

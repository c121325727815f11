"""A real SMTP server that keeps what it is sent."""

from __future__ import annotations

import email
import email.policy
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

USER, PASSWORD = "kit@example.org", "a secret of the server"


class Mailboxes:
    """What arrived.

    Attributes:
        envelopes: who sent what to whom.
        answer: what the server says when it is given a message; another than 250 refuses it.
        recipient_answer: what it says when it is told for whom.
    """

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answer = "250 OK"
        self.recipient_answer = "250 OK"
        self.url = ""

    async def handle_RCPT(  # noqa: N802 (aiosmtpd looks for this name)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Somebody to whom the next message goes."""
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        """The message itself."""
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages, oldest first."""
        return [
            email.message_from_bytes(envelope.content or b"", policy=email.policy.default)  # type: ignore[arg-type]
            for envelope in self.envelopes
        ]

    def text(self, number: int = -1) -> str:
        """The text of one of them, by default the newest."""
        return str(self.messages[number].get_content()).replace("\r\n", "\n")

    def link(self, number: int = -1) -> str:
        """The path of the link with a token in one of them."""
        found = re.search(r"^https?://[^/]+(/(?:confirm|reset)/\S+)$", self.text(number), re.MULTILINE)
        assert found, self.text(number)
        return found[1]


class OnFreePort(Controller):
    """Listens on a port that the system chooses, and knows which."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serve(
    scheme: str = "smtp", tls: ssl.SSLContext | None = None, *, asks_password: bool = False
) -> Iterator[Mailboxes]:
    """A server on a free port of this machine."""
    mailboxes = Mailboxes()

    def authenticate(_server: object, _session: object, _envelope: object, _kind: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    controller = OnFreePort(
        mailboxes,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls if scheme == "smtps" else None,
        tls_context=tls if scheme == "smtp+starttls" else None,
        require_starttls=tls is not None and scheme == "smtp+starttls",
        authenticator=authenticate if asks_password else None,
        auth_required=asks_password,
        auth_require_tls=tls is not None and scheme == "smtp+starttls",
    )
    controller.start()
    try:
        mailboxes.url = f"{scheme}://127.0.0.1:{controller.port}"
        yield mailboxes
    finally:
        controller.stop()

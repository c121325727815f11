"""The entrance of this request: with the server's settings, and the address of who asks."""

from __future__ import annotations

from flask import request

from scorer.server import current
from scorer.server.accounts.entrance import Entrance
from scorer.server.accounts.letters import Letters
from scorer.server.accounts.signed_links import SignedLinks
from scorer.server.rate_limits.rules import Rule
from scorer.server.rate_limits.service import check, network_key


def entrance() -> Entrance:
    """Where people of this request come in."""
    server = current.server()
    return Entrance(
        passwords=server.passwords,
        letters=Letters(server.challenge.title, SignedLinks(server.settings.secret_key, base_url())),
        needs_confirmed_email=server.settings.needs_confirmed_email,
        network=network_key(request.remote_addr),
        send_mails=server.jobs.send_mails,
    )


def base_url() -> str:
    """Under which address people reach this server, for links that leave it."""
    return current.server().settings.public_url or request.host_url.rstrip("/")


def check_rate(rule: Rule, key: str) -> None:
    """Count one try of this request. Raises TooManyTries."""
    check(current.session(), current.server().settings.secret_key, rule, key)

"""How often what may be tried: all limits of the server, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Rule:
    """At most so many in each window of time. Windows follow each other; they do not move along with the tries."""

    name: str
    """What stands in the database; one of its own for each rule."""
    most: int
    window: timedelta
    what: str
    """What is counted, in words for the person who hears of the limit."""


LOG_IN_TO_ACCOUNT = Rule("log-in to account", 10, QUARTER, "failed log-ins with one e-mail address")
"""Whoever knows an e-mail address can use it up. That is its price: without it, guessing would be free."""

LOG_IN_FROM_ADDRESS = Rule("log-in from address", 50, QUARTER, "failed log-ins from one network address")

REGISTER_FROM_ADDRESS = Rule("register from address", 20, HOUR, "new accounts from one network address")

LINK_TO_ACCOUNT = Rule("link to account", 4, HOUR, "mails with a link to one account")
"""Of all kinds: to confirm, to reset, and that there is an account already. Kept silently."""

RESET_FROM_ADDRESS = Rule("reset from address", 20, HOUR, "mails with a link, asked for from one network address")

TOKEN_OF_ACCOUNT = Rule("token of account", 30, HOUR, "new API tokens of one account")

UPLOAD_OF_ACCOUNT = Rule("upload of account", 60, HOUR, "uploads of one account")
"""Refused ones count too: to read them is work."""

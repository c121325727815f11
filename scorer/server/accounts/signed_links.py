"""Links that are mailed: who follows one reads the account's mail. They are signed, so nothing of them is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.refusals import NotFound

CONFIRM_PATH = "/confirm"
RESET_PATH = "/reset"
"""Where the links lead; the signed token follows."""

CONFIRMATION_LASTS = timedelta(days=3)
RESET_LASTS = timedelta(hours=1)


class ClockSigner(TimestampSigner):
    """Signs with the time of `clock`."""

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(clock.utc_now().timestamp())


@dataclass(frozen=True)
class SignedLinks:
    """Makes the links of one server, and knows them again.

    Args:
        secret_key: the server's; each kind of link is signed with a key of its own that is derived from it.
        base_url: under which people reach the server, without a slash at its end.
    """

    secret_key: str = field(repr=False)
    base_url: str

    def confirmation(self, account: Account) -> str:
        """The link that confirms the account's address, for three days."""
        return f"{self.base_url}{CONFIRM_PATH}/{self._serializer('confirm').dumps(account.id)}"

    def reset(self, account: Account) -> str:
        """The link that sets a new password, for an hour and once: it is void as soon as the password is another."""
        token = self._serializer("reset").dumps([account.id, _fingerprint(account)])
        return f"{self.base_url}{RESET_PATH}/{token}"

    def find_confirmation(self, session: Session, token: str) -> Account:
        """The account of a confirmation link. Raises NotFound where the link is none of ours, or too old."""
        account_id = self._read("confirm", token, CONFIRMATION_LASTS)
        account = session.get(Account, account_id) if isinstance(account_id, int) else None
        if account is None:
            raise _void()
        return account

    def find_reset(self, session: Session, token: str) -> Account:
        """The account of a reset link. Raises NotFound where it is none of ours, too old, or was used."""
        match self._read("reset", token, RESET_LASTS):
            case [int(account_id), str(fingerprint)]:
                account = session.get(Account, account_id)
                if account is not None and _fingerprint(account) == fingerprint:
                    return account
        raise _void()

    def _read(self, kind: str, token: str, lasts: timedelta) -> object:
        try:
            content: object = self._serializer(kind).loads(token, max_age=int(lasts.total_seconds()))
        except BadSignature as error:
            raise _void() from error
        return content

    def _serializer(self, kind: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self.secret_key,
            salt=f"kit.accounts.{kind}",
            signer=ClockSigner,
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )


def _fingerprint(account: Account) -> str:
    """Tells one password from the next. The hash has a random salt of its own, so this gives nothing away."""
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:32]


def _void() -> NotFound:
    return NotFound("This link is not valid, was used already, or is too old. Ask for a new one.")

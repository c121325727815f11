"""How people come in: register, confirm the address, log in, set a new password. The same for pages and the API.

Where addresses must be confirmed, nothing here tells whether an address has an account: its mailbox does. The
answers have the same words and come after the same work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.accounts.letters import Letters
from scorer.server.accounts.models import Account
from scorer.server.accounts.names import email_key
from scorer.server.accounts.passwords import Passwords
from scorer.server.accounts.service import address_taken, authenticate, find_account, new_account, set_password
from scorer.server.db import writing
from scorer.server.rate_limits.rules import (
    LOG_IN_FROM_ADDRESS,
    LOG_IN_TO_ACCOUNT,
    REGISTER_FROM_ADDRESS,
    RESET_FROM_ADDRESS,
    Rule,
)
from scorer.server.rate_limits.service import check, count, give_back
from scorer.server.refusals import Forbidden, Refusal, Unauthorized


class NotConfirmed(Forbidden):
    """The password is right, but nobody followed the link that was mailed."""


@dataclass(frozen=True)
class Entrance:
    """What everybody passes who has no log-in yet.

    Args:
        passwords: hashes and verifies them.
        letters: writes mails, with links signed by the server's key.
        needs_confirmed_email: whether an account is of use only after its address was confirmed.
        network: who asks, as `rate_limits.service.network_key` names them.
        send_mails: wakes a worker; called after the commit, whether or not there is a mail.
    """

    passwords: Passwords
    letters: Letters
    needs_confirmed_email: bool
    network: str
    send_mails: Callable[[], None]

    def sign_up(self, session: Session, *, email: str, display_name: str, password: str) -> Account | None:
        """Create an account, and mail the link that confirms its address.

        Returns: the account, which may be used at once; or None where the address is to be confirmed first,
            also where it has an account, whose owner gets another mail.

        Raises:
            Refusal: a value that is not accepted, with its field.
            Conflict: the e-mail address has an account, and none need be confirmed.
            TooManyTries: too many accounts from this network address.
        """
        self._check(session, REGISTER_FROM_ADDRESS, self.network)
        try:
            account = new_account(self.passwords, email=email, display_name=display_name, password=password)
        except Refusal:  # a slip of the hand, said before any work was done
            give_back(session, self._secret_key, REGISTER_FROM_ADDRESS, self.network)
            raise
        try:
            self._write_account(session, account)
        except IntegrityError:  # somebody else was first, at the same moment
            self._write_account(session, account)
        self.send_mails()
        return None if self.needs_confirmed_email else account

    def _write_account(self, session: Session, account: Account) -> None:
        with writing(session):
            existing = find_account(session, account.email)
            if existing is None:
                session.add(account)
                session.flush()
                self.letters.ask_to_confirm(session, account)
            elif self.needs_confirmed_email:
                self.letters.say_account_exists(session, existing)
            else:
                raise address_taken()

    def confirm(self, session: Session, token: str) -> None:
        """Confirm the address to which a link was mailed. Raises NotFound where the link is void."""
        with writing(session):
            account = self.letters.links.find_confirmation(session, token)
            account.email_confirmed_at = account.email_confirmed_at or clock.utc_now()

    def log_in(self, session: Session, *, email: str, password: str) -> Account:
        """The account of that e-mail address and password.

        Each try is counted before the password is looked at, so that many at once are not more; right ones are
        given back. What is counted is the address as it was typed, whether or not it has an account.

        Raises:
            Unauthorized: in the same words, whichever of the two is wrong.
            NotConfirmed: the address is to be confirmed first; the link was mailed again.
            TooManyTries: too many failed ones, of this account or from this network address.
        """
        counted = ((LOG_IN_FROM_ADDRESS, self.network), (LOG_IN_TO_ACCOUNT, email_key(email) or ""))
        for rule, key in counted:
            self._check(session, rule, key)
        account = authenticate(session, self.passwords, email=email, password=password)
        for rule, key in counted:
            give_back(session, self._secret_key, rule, key)
        if self.needs_confirmed_email and account.email_confirmed_at is None:
            with writing(session):
                sent = self.letters.ask_to_confirm(session, account)
            self.send_mails()
            how = "the link was sent again" if sent else "the link was sent to it"
            raise NotConfirmed(f"Confirm your e-mail address first: {how}.")
        return account

    def ask_for_reset(self, session: Session, *, email: str) -> None:
        """Mail the link that sets a new password, if the address has an account. Raises TooManyTries."""
        with writing(session):  # one commit, with or without a mail in it
            count(session, self._secret_key, RESET_FROM_ADDRESS, self.network)
            account = find_account(session, email)
            if account is not None:
                self.letters.let_reset(session, account)
        self.send_mails()

    def reset(self, session: Session, token: str, *, password: str) -> None:
        """Set a new password with a link, which also confirms the address it was mailed to.

        Raises:
            NotFound: the link is void.
            Refusal: the password is not accepted.
        """
        account = self.letters.links.find_reset(session, token)
        password_hash = self.passwords.hash(password)
        with writing(session):
            self._lock(session, account)
            self.letters.links.find_reset(session, token)  # of two at once, one finds the link used
            set_password(session, account, password_hash)
            account.email_confirmed_at = account.email_confirmed_at or clock.utc_now()
            self.letters.say_password_changed(session, account)
        self.send_mails()

    def change_password(self, session: Session, account: Account, *, present: str, password: str) -> None:
        """Set a new password with the present one.

        Raises:
            Refusal: the present one is wrong, or the new one is not accepted.
            TooManyTries: it was wrong too often.
        """
        self._check(session, LOG_IN_TO_ACCOUNT, account.email_key)
        try:
            authenticate(session, self.passwords, email=account.email, password=present)
        except Unauthorized as error:
            raise Refusal("Expected your present password, found another.", field="present") from error
        give_back(session, self._secret_key, LOG_IN_TO_ACCOUNT, account.email_key)
        password_hash = self.passwords.hash(password)
        with writing(session):
            self._lock(session, account)
            set_password(session, account, password_hash)
            self.letters.say_password_changed(session, account)
        self.send_mails()

    @staticmethod
    def _lock(session: Session, account: Account) -> None:
        session.refresh(account, with_for_update={"key_share": True})

    def _check(self, session: Session, rule: Rule, key: str) -> None:
        check(session, self._secret_key, rule, key)

    @property
    def _secret_key(self) -> str:
        return self.letters.links.secret_key

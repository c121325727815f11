"""What is mailed to people about their accounts. No letter repeats what somebody typed into a form.

Letters with a link are limited for each mailbox, silently: who asked for them may be a stranger, and hears nothing
of the account.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from scorer.server.accounts.models import Account
from scorer.server.accounts.signed_links import SignedLinks
from scorer.server.mails.service import write_mail
from scorer.server.rate_limits.rules import LINK_TO_ACCOUNT
from scorer.server.rate_limits.service import count
from scorer.server.refusals import TooManyTries


@dataclass(frozen=True)
class Letters:
    """Writes the letters, each in the transaction (`db.writing`) that decides on it.

    Args:
        title: of the challenge.
        links: makes the links in them.
    """

    title: str
    links: SignedLinks

    def ask_to_confirm(self, session: Session, account: Account) -> bool:
        """The link that confirms the address. False: the mailbox got enough of them."""
        return self._write_link(
            session,
            account,
            subject="Confirm your e-mail address",
            text=f"""\
Somebody, most likely you, made an account with this address for the
{self.title}.

Open this link and press the button within three days:

{self.links.confirmation(account)}

If it was not you, do nothing: without this link nobody can use the account.
""",
        )

    def say_account_exists(self, session: Session, account: Account) -> bool:
        """To who registers a second time, or whose address somebody else tried. False: the mailbox got enough."""
        return self._write_link(
            session,
            account,
            subject="You have an account already",
            text=f"""\
Somebody, most likely you, wanted to make an account with this address for the
{self.title}. There is one already.

Log in: {self.links.base_url}/login

If you do not know its password, or never confirmed this address, set a new
password with this link, within an hour:

{self.links.reset(account)}

If it was not you, do nothing.
""",
        )

    def let_reset(self, session: Session, account: Account) -> bool:
        """The link that sets a new password. False: the mailbox got enough of them."""
        return self._write_link(
            session,
            account,
            subject="Set a new password",
            text=f"""\
Somebody, most likely you, asked for a new password for your account of the
{self.title}.

Set it with this link, within an hour. It works once:

{self.links.reset(account)}

If it was not you, do nothing: your password stays as it is.
""",
        )

    def say_password_changed(self, session: Session, account: Account) -> None:
        """So that nobody's password changes behind their back."""
        write_mail(
            session,
            account,
            subject="Your password was changed",
            text=f"""\
The password of your account of the
{self.title} was changed. Every log-in has ended, and every API token is revoked.

If it was not you, set a new password: {self.links.base_url}/forgotten
""",
        )

    def _write_link(self, session: Session, account: Account, *, subject: str, text: str) -> bool:
        try:
            count(session, self.links.secret_key, LINK_TO_ACCOUNT, str(account.id))
        except TooManyTries:
            return False
        write_mail(session, account, subject=subject, text=text)
        return True

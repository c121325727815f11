"""Who a program acts for: the token in its `Authorization` header. Cookies are not looked at."""

from __future__ import annotations

from flask import request

from scorer.server import current
from scorer.server.accounts.models import Account
from scorer.server.accounts.service import find_token
from scorer.server.refusals import Unauthorized


def token_account() -> Account:
    """The account whose token was sent. Raises Unauthorized."""
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise Unauthorized("Expected the header 'Authorization: Bearer TOKEN'.")
    return find_token(current.session(), authorization.token).account

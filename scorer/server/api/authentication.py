"""Who a program acts for: the token in its `Authorization` header. Cookies are not looked at."""

from __future__ import annotations

from flask import request

from scorer.server import current
from scorer.server.accounts.models import Account, Scope
from scorer.server.accounts.service import find_token
from scorer.server.refusals import Forbidden, Unauthorized


def token_account(scope: Scope) -> Account:
    """The account whose token was sent.

    Raises:
        Unauthorized: no token, or none that is valid.
        Forbidden: the token was not made for this.
    """
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise Unauthorized("Expected the header 'Authorization: Bearer TOKEN'.")
    token = find_token(current.session(), authorization.token)
    if scope not in token.scopes:
        found = " and ".join(f"'{name}'" for name in token.scopes) or "none"
        raise Forbidden(f"Expected a token with the scope '{scope}', found {found}.")
    return token.account

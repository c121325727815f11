"""Addresses of accounts, tokens and teams. Each translates: the rules are the services'."""

from __future__ import annotations

from http import HTTPStatus

from scorer.server import current
from scorer.server.accounts import service, teams
from scorer.server.accounts.front_desk import check_rate, entrance
from scorer.server.accounts.models import Account, Scope
from scorer.server.api import answers
from scorer.server.api.blueprint import blueprint
from scorer.server.api.inputs import NewAccount, NewTeam, NewToken
from scorer.server.api.operations import operation
from scorer.server.api.representations import describe_team
from scorer.server.rate_limits.rules import TOKEN_OF_ACCOUNT
from scorer.server.refusals import NotFound


@blueprint.post("/accounts")
@operation(
    answers.Account,
    HTTPStatus.CREATED,
    words="The account is ready.",
    body=NewAccount,
    others={HTTPStatus.ACCEPTED: "A mail was sent to the address; what is to be done next is in it."},
    refuses=[HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS],
)
def register(body: NewAccount) -> tuple[answers.Account, HTTPStatus]:
    """Create an account.

    Where addresses must be confirmed, the answer is the same whether or not the address has an account.
    """
    account = entrance().sign_up(current.session(), **body.model_dump())
    status = HTTPStatus.CREATED if account is not None else HTTPStatus.ACCEPTED
    return answers.Account(email=body.email, display_name=body.display_name), status


@blueprint.post("/tokens")
@operation(
    answers.Token,
    HTTPStatus.CREATED,
    words="The token; this is the only time it is told.",
    body=NewToken,
    refuses=[HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS],
)
def create_token(body: NewToken) -> answers.Token:
    """Create a token with the account's password."""
    session = current.session()
    account = entrance().log_in(session, email=body.email, password=body.password)
    check_rate(TOKEN_OF_ACCOUNT, str(account.id))
    token = service.create_token(session, account, name=body.name, scopes=body.scopes)
    return answers.Token(name=body.name, token=token, scopes=body.scopes)


@blueprint.post("/team")
@operation(
    answers.Team,
    HTTPStatus.CREATED,
    words="The team is ready.",
    needs=Scope.SUBMIT,
    body=NewTeam,
    refuses=[HTTPStatus.CONFLICT],
)
def create_team(account: Account, body: NewTeam) -> answers.Team:
    """Create the account's team, of which it becomes the captain."""
    return describe_team(teams.create_team(current.session(), account, name=body.name))


@blueprint.get("/team")
@operation(answers.Team, words="The team.", needs=Scope.READ, refuses=[HTTPStatus.NOT_FOUND])
def team(account: Account) -> answers.Team:
    """The account's team."""
    if account.team is None:
        raise NotFound("You are in no team.")
    return describe_team(account.team)

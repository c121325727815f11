"""API tokens, which are made and revoked on the team's page."""

from __future__ import annotations

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts import service
from scorer.server.accounts.answers import see_other
from scorer.server.accounts.blueprint import blueprint
from scorer.server.accounts.forms import TokenForm
from scorer.server.accounts.front_desk import check_rate
from scorer.server.accounts.team_page import team_page
from scorer.server.accounts.visits import member, members_only
from scorer.server.rate_limits.rules import TOKEN_OF_ACCOUNT
from scorer.server.refusals import Refusal


@blueprint.post("/team/tokens")
@members_only
def create_token() -> ResponseReturnValue:
    """Create a token, and show it this once."""
    form = TokenForm()
    if form.validate_on_submit():
        check_rate(TOKEN_OF_ACCOUNT, str(member().id))
        try:
            token = service.create_token(
                current.session(), member(), name=form.name.data, scopes=form.scopes.data or ()
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return team_page(new_token=token)
    return team_page(token_form=form)


@blueprint.post("/team/tokens/<row_id:token_id>/revoke")
@members_only
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Revoke a token."""
    service.revoke_token(current.session(), member(), token_id)
    flash("The token is revoked.")
    return see_other(url_for("accounts.team"))

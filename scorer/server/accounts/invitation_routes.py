"""Invitations: the captain makes a link, and whoever has it joins by it."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts import invitations
from scorer.server.accounts.answers import see_other
from scorer.server.accounts.blueprint import blueprint
from scorer.server.accounts.forms import EmptyForm
from scorer.server.accounts.front_desk import base_url
from scorer.server.accounts.secret_paths import secret_path
from scorer.server.accounts.team_page import team_page
from scorer.server.accounts.visits import member, members_only, visitor


@blueprint.post("/team/invitations")
@members_only
def invite() -> ResponseReturnValue:
    """Make an invitation, and show its link this once."""
    secret = invitations.invite(current.session(), member(), most_members=_most_members())
    return team_page(new_invitation=base_url() + url_for("accounts.invitation", secret=secret))


@blueprint.post("/team/invitations/<row_id:invitation_id>/revoke")
@members_only
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Make an invitation worth nothing."""
    invitations.revoke(current.session(), member(), invitation_id)
    flash("The invitation is revoked.")
    return see_other(url_for("accounts.team"))


@blueprint.get("/join/<secret>")
@secret_path
def invitation(secret: str) -> ResponseReturnValue:
    """Which team the link is of, and a button that joins it. Who follows the link may have no account yet."""
    found = invitations.find_invitation(current.session(), secret)
    account = visitor()
    return render_template(
        "join.html",
        invitation=found,
        own_team=account.team if account else None,
        form=EmptyForm(formdata=None),
        secret=secret,
    )


@blueprint.post("/join/<secret>")
@secret_path
@members_only
def join(secret: str) -> ResponseReturnValue:
    """Join the team."""
    team = invitations.join(current.session(), member(), secret, most_members=_most_members())
    flash(f"You are in the team “{team.name}” now.")
    return see_other(url_for("accounts.team"))


def _most_members() -> int:
    return current.server().challenge.team.max_members

"""The team: create it, look at it, leave it; as its captain remove a member or hand over."""

from __future__ import annotations

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts import teams
from scorer.server.accounts.answers import see_other
from scorer.server.accounts.blueprint import blueprint
from scorer.server.accounts.forms import TeamForm
from scorer.server.accounts.team_page import team_page
from scorer.server.accounts.visits import member, members_only
from scorer.server.refusals import Refusal


@blueprint.get("/team")
@members_only
def team() -> ResponseReturnValue:
    """The visitor's team and tokens, or a form to create the team."""
    return team_page()


@blueprint.post("/team")
@members_only
def create_team() -> ResponseReturnValue:
    """Create the team."""
    form = TeamForm()
    if form.validate_on_submit():
        try:
            created = teams.create_team(current.session(), member(), name=form.name.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(f"Team “{created.name}” is ready.")
            return see_other(url_for("accounts.team"))
    return team_page(team_form=form)


@blueprint.post("/team/leave")
@members_only
def leave_team() -> ResponseReturnValue:
    """Leave the team."""
    teams.leave(current.session(), member())
    flash("You have left the team.")
    return see_other(url_for("accounts.team"))


@blueprint.post("/team/members/<row_id:account_id>/remove")
@members_only
def remove_member(account_id: int) -> ResponseReturnValue:
    """Take a member out of the team."""
    teams.remove_member(current.session(), member(), account_id)
    flash("The member is removed.")
    return see_other(url_for("accounts.team"))


@blueprint.post("/team/members/<row_id:account_id>/captain")
@members_only
def hand_over(account_id: int) -> ResponseReturnValue:
    """Make another member the captain."""
    teams.hand_over(current.session(), member(), account_id)
    flash("The team has another captain.")
    return see_other(url_for("accounts.team"))

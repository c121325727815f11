"""Merging: one captain asks, the other decides."""

from __future__ import annotations

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts import merge_requests, merging
from scorer.server.accounts.answers import see_other
from scorer.server.accounts.blueprint import blueprint
from scorer.server.accounts.forms import MergeForm
from scorer.server.accounts.team_page import team_page
from scorer.server.accounts.visits import member, members_only
from scorer.server.refusals import Refusal


@blueprint.post("/team/merging")
@members_only
def ask_to_merge() -> ResponseReturnValue:
    """Ask another team to take this one in."""
    form = MergeForm()
    if form.validate_on_submit():
        try:
            merge_requests.ask(current.session(), member(), name=form.name.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash("Your request waits on the other team’s page for its captain.")
            return see_other(url_for("accounts.team"))
    return team_page(merge_form=form)


@blueprint.post("/team/merging/<row_id:request_id>/withdraw")
@members_only
def withdraw_merge(request_id: int) -> ResponseReturnValue:
    """Take the own team's request back."""
    merge_requests.withdraw(current.session(), member(), request_id)
    flash("The request is withdrawn.")
    return see_other(url_for("accounts.team"))


@blueprint.post("/team/merging/<row_id:request_id>/decline")
@members_only
def decline_merge(request_id: int) -> ResponseReturnValue:
    """Say no."""
    merge_requests.decline(current.session(), member(), request_id)
    flash("The request is declined.")
    return see_other(url_for("accounts.team"))


@blueprint.post("/team/merging/<row_id:request_id>/accept")
@members_only
def accept_merge(request_id: int) -> ResponseReturnValue:
    """Take the other team in."""
    merging.accept(current.session(), current.server().challenge, member(), request_id)
    flash("The two teams are one now.")
    return see_other(url_for("accounts.team"))

"""Pages: all teams, one team; and the buttons that disqualify one and take that back."""

from __future__ import annotations

from collections.abc import Callable

import flask
from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.models import Team
from scorer.server.accounts.visits import member, organisers_only
from scorer.server.organiser import team_list
from scorer.server.organiser.disqualification import disqualify, reinstate
from scorer.server.organiser.forms import ReasonForm
from scorer.server.refusals import Refusal
from scorer.server.row_ids import row_id_argument

blueprint = Blueprint("teams", __name__, url_prefix="/teams")

PAGE_LENGTH = 50


@blueprint.get("")
@organisers_only
def index() -> ResponseReturnValue:
    """The teams, newest first; with `?name=` those with the words in their or a member's name."""
    session, words = current.session(), request.args.get("name", "")
    found = team_list.list_teams(session, words, before=row_id_argument("before"), most=PAGE_LENGTH + 1)
    shown = found[:PAGE_LENGTH]
    return render_template(
        "organiser/teams.html",
        words=words,
        records=team_list.read_records(session, shown),
        older_than=shown[-1].id if len(found) > PAGE_LENGTH else None,
    )


@blueprint.get("/<row_id:team_id>")
@organisers_only
def show(team_id: int) -> ResponseReturnValue:
    """One team."""
    return _team_page(team_list.find_team(current.session(), team_id), ReasonForm(formdata=None))


@blueprint.post("/<row_id:team_id>/disqualify")
@organisers_only
def disqualify_team(team_id: int) -> ResponseReturnValue:
    """Take it out of the competition."""
    return _decide(team_id, disqualify, "The team is disqualified.")


@blueprint.post("/<row_id:team_id>/reinstate")
@organisers_only
def reinstate_team(team_id: int) -> ResponseReturnValue:
    """Take that back."""
    return _decide(team_id, reinstate, "The team takes part again.")


def _decide(team_id: int, decision: Callable[..., None], done: str) -> ResponseReturnValue:
    session, form = current.session(), ReasonForm()
    team = team_list.find_team(session, team_id)
    if form.validate_on_submit():
        try:
            decision(session, team, account=member(), because=form.because.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(done)
            return flask.redirect(url_for("organiser.teams.show", team_id=team_id), 303)
    return _team_page(team, form, 422)


def _team_page(team: Team, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    [record] = team_list.read_records(current.session(), [team])
    return render_template("organiser/team.html", record=record, team=team, form=form), status

"""Pages of the organiser: whose code is verified, and one verification, from its queue to its verdict."""

from __future__ import annotations

import flask
from flask import Blueprint, Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.forms import EmptyForm
from scorer.server.accounts.visits import member, organisers_only
from scorer.server.organiser.forms import ReasonForm
from scorer.server.organiser.team_list import find_team
from scorer.server.refusals import Refusal
from scorer.server.verification import log, service
from scorer.server.verification.candidate_list import list_ranked
from scorer.server.verification.following import what_is_new
from scorer.server.verification.log_text import readable
from scorer.server.verification.proposal import reason_for
from scorer.server.verification.team_history import list_others
from scorer.server.verification.told_verification import tell_organiser

blueprint = Blueprint("verification", __name__, template_folder="templates")


@blueprint.get("/verification")
@organisers_only
def index() -> ResponseReturnValue:
    """Every team whose code is to be believed, and how far that is."""
    return _list_page()


@blueprint.post("/verification/all")
@organisers_only
def verify_all() -> ResponseReturnValue:
    """Verify every team that has a bundle and a score."""
    try:
        asked = service.ask_all(current.session(), account=member())
    except Refusal as refusal:
        return _list_page(refusal)
    for verification in asked:
        current.server().jobs.verify(verification.id)
    flash(f"Verifications that were begun: {len(asked)}.")
    return flask.redirect(url_for("organiser.verification.index"), 303)


@blueprint.post("/verification/<row_id:team_id>")
@organisers_only
def verify(team_id: int) -> ResponseReturnValue:
    """Verify one team, for the first time or once more."""
    session = current.session()
    team = find_team(session, team_id)
    try:
        verification = service.ask(session, team, account=member())
    except Refusal as refusal:
        return _list_page(refusal)
    number = verification.id
    current.server().jobs.verify(number)
    return flask.redirect(url_for("organiser.verification.show", verification_id=number), 303)


@blueprint.get("/verifications/<row_id:verification_id>")
@organisers_only
def show(verification_id: int) -> ResponseReturnValue:
    """One verification: what its code says while it runs, then the verdict."""
    return _verification_page(verification_id)


@blueprint.get("/verifications/<row_id:verification_id>/state")
@organisers_only
def state(verification_id: int) -> ResponseReturnValue:
    """Whether anything changed, and what the code said since, for the script of the page that waits."""
    session = current.session()
    verification = service.find_verification(session, verification_id)
    return what_is_new(session, verification, verification.progress.value)


@blueprint.get("/verifications/<row_id:verification_id>/log.txt")
@organisers_only
def log_file(verification_id: int) -> ResponseReturnValue:
    """The whole log, as a file."""
    session = current.session()
    verification = service.find_verification(session, verification_id)
    text, _ = log.read(session, verification.id)
    name = f"verification-{verification.id}.txt"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(readable(text), content_type="text/plain; charset=utf-8", headers=headers)


@blueprint.post("/verifications/<row_id:verification_id>/stop")
@organisers_only
def stop(verification_id: int) -> ResponseReturnValue:
    """Have it ended."""
    session = current.session()
    verification = service.find_verification(session, verification_id)
    try:
        service.stop(session, verification, account=member())
    except Refusal as refusal:
        return _verification_page(verification_id, refusal)
    flash("It ends within moments.")
    return flask.redirect(url_for("organiser.verification.show", verification_id=verification_id), 303)


def _list_page(refusal: Refusal | None = None) -> ResponseReturnValue:
    session, challenge = current.session(), current.server().challenge
    stage, candidates = list_ranked(session, challenge)
    page = render_template(
        "organiser/candidates.html",
        candidates=candidates,
        stage=stage,
        refusal=refusal,
        rules=challenge.verification,
        planned=challenge.bundle_stage,
        empty_form=EmptyForm(formdata=None),
    )
    return page, refusal.status if refusal is not None else 200


def _verification_page(verification_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    session, challenge = current.session(), current.server().challenge
    verification = service.find_verification(session, verification_id)
    told = tell_organiser(session, challenge, verification)
    proposed = service.proposes_disqualification(verification) and told.verdict is not None
    reason_form = ReasonForm(formdata=None, because=reason_for(told)) if proposed else None
    page = render_template(
        "organiser/verification.html",
        told=told,
        verification=verification,
        team=verification.bundle.team,
        others=list_others(session, verification),
        refusal=refusal,
        reason_form=reason_form,
        empty_form=EmptyForm(formdata=None),
    )
    return page, refusal.status if refusal is not None else 200

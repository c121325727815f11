"""Pages: the stages, one stage with its dates, limits and admissions; and what closing and releasing will do."""

from __future__ import annotations

import flask
from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.server import clock, current
from scorer.server.accounts.forms import EmptyForm
from scorer.server.accounts.visits import member, organisers_only
from scorer.server.organiser.forms import AdmissionForm, StageForm
from scorer.server.organiser.team_list import find_team, list_not_admitted
from scorer.server.refusals import Refusal
from scorer.server.stages.admission import admit_team, list_admissions, withdraw_admission
from scorer.server.stages.changes import change_stage, open_stage
from scorer.server.stages.closing import close_stage, list_admissible, release_scores
from scorer.server.stages.models import Stage
from scorer.server.stages.service import find_stage, list_stages

blueprint = Blueprint("stages", __name__, url_prefix="/stages")


@blueprint.get("")
@organisers_only
def index() -> ResponseReturnValue:
    """All stages and where they are."""
    return render_template("organiser/stages.html", stages=list_stages(current.session()), now=clock.utc_now())


@blueprint.get("/<name>")
@organisers_only
def show(name: str) -> ResponseReturnValue:
    """One stage."""
    return _stage_page(find_stage(current.session(), name))


@blueprint.post("/<name>")
@organisers_only
def change(name: str) -> ResponseReturnValue:
    """Change its dates and limits."""
    session, form = current.session(), StageForm()
    stage = find_stage(session, name)
    if form.validate_on_submit():
        try:
            change_stage(
                session,
                stage,
                account=member(),
                opens_at=form.entered_moment("opens_at", stage.opens_at),
                closes_at=form.entered_moment("closes_at", stage.closes_at),
                submissions_per_day=form.submissions_per_day.data,
                submissions_in_total=form.submissions_in_total.data,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _back_to(name, "Saved.")
    return _stage_page(stage, form=form, status=422)


@blueprint.post("/<name>/open")
@organisers_only
def open_now(name: str) -> ResponseReturnValue:
    """Open it now."""
    session = current.session()
    stage = find_stage(session, name)
    try:
        open_stage(session, stage, account=member())
    except Refusal as refusal:
        return _stage_page(stage, refusal=refusal)
    return _back_to(name, f"{stage.title} is open.")


@blueprint.get("/<name>/close")
@organisers_only
def confirm_close(name: str) -> ResponseReturnValue:
    """What closing it now would do."""
    session, challenge = current.session(), current.server().challenge
    stage = find_stage(session, name)
    admitting = challenge.stage(name).admits is not None
    return render_template(
        "organiser/close_stage.html",
        stage=stage,
        admitted=list_admissible(session, challenge, stage) if admitting else None,
        next_stage=list_stages(session)[stage.position + 1] if admitting else None,
        empty_form=EmptyForm(formdata=None),
    )


@blueprint.post("/<name>/close")
@organisers_only
def close(name: str) -> ResponseReturnValue:
    """Close it now."""
    session, challenge = current.session(), current.server().challenge
    stage = find_stage(session, name)
    try:
        admitted = close_stage(session, challenge, stage, account=member())
    except Refusal as refusal:
        return _stage_page(stage, refusal=refusal)
    words = f"{stage.title} is closed."
    if challenge.stage(name).admits is not None:
        words += f" Teams admitted to the next stage: {len(admitted)}."
    return _back_to(name, words)


@blueprint.get("/<name>/release")
@organisers_only
def confirm_release(name: str) -> ResponseReturnValue:
    """What releasing its scores does."""
    stage = find_stage(current.session(), name)
    return render_template("organiser/release_scores.html", stage=stage, empty_form=EmptyForm(formdata=None))


@blueprint.post("/<name>/release")
@organisers_only
def release(name: str) -> ResponseReturnValue:
    """Make its scores everybody's."""
    session = current.session()
    stage = find_stage(session, name)
    try:
        release_scores(session, stage, account=member())
    except Refusal as refusal:
        return _stage_page(stage, refusal=refusal)
    return _back_to(name, f"The leaderboard of {stage.title} is released.")


@blueprint.post("/<name>/admissions")
@organisers_only
def admit(name: str) -> ResponseReturnValue:
    """Admit a team by hand."""
    session, form = current.session(), AdmissionForm()
    stage = find_stage(session, name)
    if not form.validate_on_submit():
        return _stage_page(stage, refusal=Refusal("Expected a team, found none."))
    try:
        team = find_team(session, form.team.data)
        admit_team(session, stage, team, account=member())
    except Refusal as refusal:
        return _stage_page(stage, refusal=refusal)
    return _back_to(name, "The team is admitted.")


@blueprint.post("/<name>/admissions/<row_id:team_id>/withdraw")
@organisers_only
def withdraw(name: str, team_id: int) -> ResponseReturnValue:
    """Take an admission back."""
    session = current.session()
    stage, team = find_stage(session, name), find_team(session, team_id)
    try:
        withdraw_admission(session, stage, team, account=member())
    except Refusal as refusal:
        return _stage_page(stage, refusal=refusal)
    return _back_to(name, "The team is not admitted any more.")


def _stage_page(
    stage: Stage, *, form: StageForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> ResponseReturnValue:
    session = current.session()
    if form is None:
        form = StageForm(formdata=None)
        form.fill(stage)
    admission_form = AdmissionForm(formdata=None)
    if stage.admission_needed:
        admission_form.offer(list_not_admitted(session, stage))
    page = render_template(
        "organiser/stage.html",
        stage=stage,
        now=clock.utc_now(),
        form=form,
        refusal=refusal,
        admissions=list_admissions(session, stage) if stage.admission_needed else [],
        admission_form=admission_form,
        empty_form=EmptyForm(formdata=None),
    )
    return page, refusal.status if refusal is not None else status


def _back_to(name: str, words: str) -> ResponseReturnValue:
    flash(words)
    return flask.redirect(url_for("organiser.stages.show", name=name), 303)

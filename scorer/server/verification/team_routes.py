"""Pages of a team: what a bundle is, the upload, one bundle with what came of running it."""

from __future__ import annotations

import flask
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.front_desk import base_url, check_rate
from scorer.server.accounts.visits import member, members_only
from scorer.server.rate_limits.rules import UPLOAD_OF_ACCOUNT
from scorer.server.refusals import Refusal
from scorer.server.storage import too_large
from scorer.server.verification import bundles
from scorer.server.verification.following import state_of, what_is_new
from scorer.server.verification.forms import BundleForm
from scorer.server.verification.told_verification import tell_team
from scorer.server.verification.waking import wake_trial

blueprint = Blueprint("bundles", __name__, template_folder="templates")

MOST_TOLD = 5
"""Verifications of one bundle on its page, the newest ones."""


@blueprint.get("/bundle")
@members_only
def index() -> ResponseReturnValue:
    """What a bundle is, the upload form, the team's bundles."""
    return upload_page(BundleForm(formdata=None))


@blueprint.post("/bundle")
@members_only
def upload() -> ResponseReturnValue:
    """Receive a zip of code, and have it checked and tried."""
    form = BundleForm()
    server, session = current.server(), current.session()
    if form.validate_on_submit():
        try:
            check_rate(UPLOAD_OF_ACCOUNT, str(member().id))
            received = bundles.receive(
                session, server.storage, server.challenge, account=member(), source=form.file.data.stream
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return upload_page(form, refusal.status)
        wake_trial(server.jobs, received)
        return flask.redirect(url_for("bundles.show", bundle_id=received.id), 303)
    return upload_page(form, 422)


def upload_page(form: BundleForm, status: int = 200) -> ResponseReturnValue:
    """The page of the upload form; in its place, why the team sends nothing now."""
    server, session = current.server(), current.session()
    rules = server.challenge.verification
    try:
        stage, why_not = bundles.may_send(session, server.challenge, member()), None
    except Refusal as refusal:
        stage, why_not = None, refusal.message
    page = render_template(
        "bundles.html",
        form=form,
        stage=stage,
        why_not=why_not,
        planned=server.challenge.bundle_stage,
        rules=rules,
        bundles=bundles.list_bundles(session, member()) if member().team is not None else [],
        too_large=too_large(rules.bundle.max_zip_bytes).message,
        base_url=base_url(),
        per_day=bundles.BUNDLES_PER_DAY,
    )
    return page, status


@blueprint.get("/bundles/<row_id:bundle_id>")
@members_only
def show(bundle_id: int) -> ResponseReturnValue:
    """One bundle: why it was refused, or what came of its trial and of its verifications."""
    session, challenge = current.session(), current.server().challenge
    bundle = bundles.find_bundle(session, member(), bundle_id)
    newest = list(reversed(bundle.verifications))[:MOST_TOLD]
    return render_template(
        "bundle.html",
        bundle=bundle,
        state=state_of(bundle),
        verifications=[tell_team(session, challenge, verification) for verification in newest],
        rules=challenge.verification,
    )


@blueprint.get("/bundles/<row_id:bundle_id>/state")
@members_only
def state(bundle_id: int) -> ResponseReturnValue:
    """Whether anything changed, and what the code said since, for the script of the page that waits."""
    session = current.session()
    bundle = bundles.find_bundle(session, member(), bundle_id)
    newest = bundle.verifications[-1] if bundle.verifications else None
    return what_is_new(session, newest, state_of(bundle))

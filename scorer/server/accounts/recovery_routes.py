"""Pages behind the links that are mailed: confirm an address, set a new password; and the one that asks for it.

To load such a page changes nothing: programs that look for viruses in mails follow every link.
"""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.answers import see_other, status_of
from scorer.server.accounts.blueprint import blueprint
from scorer.server.accounts.forms import EmptyForm, ForgottenForm, ResetForm
from scorer.server.accounts.front_desk import entrance
from scorer.server.accounts.secret_paths import secret_path
from scorer.server.accounts.signed_links import CONFIRM_PATH, RESET_PATH
from scorer.server.accounts.visits import leave
from scorer.server.refusals import Refusal


@blueprint.get(f"{CONFIRM_PATH}/<token>")
@secret_path
def confirm(token: str) -> ResponseReturnValue:
    """A button that confirms the address."""
    entrance().letters.links.find_confirmation(current.session(), token)
    return render_template("confirm.html", form=EmptyForm(formdata=None), token=token)


@blueprint.post(f"{CONFIRM_PATH}/<token>")
@secret_path
def confirm_now(token: str) -> ResponseReturnValue:
    """Confirm the address."""
    entrance().confirm(current.session(), token)
    flash("Your e-mail address is confirmed.")
    return see_other(url_for("accounts.login"))


@blueprint.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link that sets a new password. The answer is the same for every address."""
    form = ForgottenForm()
    if form.validate_on_submit():
        try:
            entrance().ask_for_reset(current.session(), email=form.email.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash("If this address has an account, a mail with a link is on its way to it.")
            return see_other(url_for("accounts.login"))
    return render_template("forgotten.html", form=form), status_of(form)


@blueprint.route(f"{RESET_PATH}/<token>", methods=["GET", "POST"])
@secret_path
def reset(token: str) -> ResponseReturnValue:
    """Set a new password."""
    entrance().letters.links.find_reset(current.session(), token)
    form = ResetForm()
    if form.validate_on_submit():
        try:
            entrance().reset(current.session(), token, password=form.password.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            leave()
            flash("Your new password is set. Every log-in has ended, and every API token is revoked.")
            return see_other(url_for("accounts.login"))
    return render_template("reset.html", form=form, token=token), status_of(form)

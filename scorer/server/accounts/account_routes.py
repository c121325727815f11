"""The page of one's own account: name, password, log out everywhere."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts import service
from scorer.server.accounts.answers import see_other, status_of
from scorer.server.accounts.blueprint import blueprint
from scorer.server.accounts.forms import EmptyForm, NameForm, PasswordForm
from scorer.server.accounts.front_desk import entrance
from scorer.server.accounts.visits import enter, leave, member, members_only
from scorer.server.refusals import Refusal


@blueprint.get("/account")
@members_only
def account() -> ResponseReturnValue:
    """One's own account."""
    return _account_page()


@blueprint.post("/account/name")
@members_only
def rename() -> ResponseReturnValue:
    """Change the display name."""
    form = NameForm()
    if form.validate_on_submit():
        try:
            service.rename(current.session(), member(), display_name=form.display_name.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash("Your name is changed.")
            return see_other(url_for("accounts.account"))
    return _account_page(name_form=form)


@blueprint.post("/account/password")
@members_only
def change_password() -> ResponseReturnValue:
    """Change the password, and log in anew on this browser: every other log-in has ended."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            entrance().change_password(
                current.session(), member(), present=form.present.data, password=form.password.data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            enter(member())
            flash("Your password is changed. Every other log-in has ended, and every API token is revoked.")
            return see_other(url_for("accounts.account"))
    return _account_page(password_form=form)


@blueprint.post("/account/logout")
@members_only
def logout_everywhere() -> ResponseReturnValue:
    """End every log-in, this one included."""
    service.end_all_logins(current.session(), member())
    leave()
    flash("You are logged out everywhere.")
    return see_other(url_for("home.index"))


def _account_page(
    *, name_form: NameForm | None = None, password_form: PasswordForm | None = None
) -> ResponseReturnValue:
    page = render_template(
        "account.html",
        account=member(),
        name_form=name_form or NameForm(formdata=None, display_name=member().display_name),
        password_form=password_form or PasswordForm(formdata=None),
        empty_form=EmptyForm(formdata=None),
    )
    return page, status_of(name_form, password_form)

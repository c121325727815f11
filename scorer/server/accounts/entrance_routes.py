"""Pages: register, log in, log out."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.answers import see_other, status_of
from scorer.server.accounts.blueprint import blueprint
from scorer.server.accounts.forms import LoginForm, RegisterForm
from scorer.server.accounts.front_desk import entrance
from scorer.server.accounts.visits import enter, leave, local_path, visitor
from scorer.server.refusals import Refusal


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Create an account; and be logged in, unless its address is to be confirmed first."""
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            account = entrance().sign_up(
                current.session(),
                email=form.email.data,
                display_name=form.display_name.data,
                password=form.password.data,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if account is None:
                flash("Look into your mailbox: a mail says how to go on. Then log in.")
                return see_other(url_for("accounts.login"))
            enter(account)
            flash("Your account is ready. Now create your team.")
            return see_other(url_for("accounts.team"))
    return render_template("register.html", form=form), status_of(form)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Log in, and go on to where one was sent from."""
    target = local_path(request.args.get("next"))
    if request.method == "GET" and visitor() is not None:
        return see_other(target or url_for("submissions.index"))
    form = LoginForm()
    if form.validate_on_submit():
        try:
            account = entrance().log_in(current.session(), email=form.email.data, password=form.password.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            enter(account)
            return see_other(target or url_for("submissions.index"))
    return render_template("login.html", form=form, target=target), status_of(form)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Log out."""
    leave()
    flash("You are logged out.")
    return see_other(url_for("home.index"))

"""Pages: register, log in, log out, team and tokens."""

from __future__ import annotations

import flask
from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from scorer.server import current
from scorer.server.accounts import service, teams
from scorer.server.accounts.forms import EmptyForm, LoginForm, RegisterForm, TeamForm, TokenForm
from scorer.server.accounts.visits import enter, leave, local_path, member, members_only, visitor
from scorer.server.refusals import Refusal

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Create an account, and be logged in."""
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            account = service.register(
                current.session(),
                current.server().passwords,
                email=form.email.data,
                display_name=form.display_name.data,
                password=form.password.data,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            enter(account)
            flash("Your account is ready. Now create your team.")
            return _see_other(url_for("accounts.team"))
    return render_template("register.html", form=form), _status(form)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Log in, and go on to where one was sent from."""
    target = local_path(request.args.get("next"))
    if request.method == "GET" and visitor() is not None:
        return _see_other(target or url_for("submissions.index"))
    form = LoginForm()
    if form.validate_on_submit():
        try:
            account = service.authenticate(
                current.session(), current.server().passwords, email=form.email.data, password=form.password.data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            enter(account)
            return _see_other(target or url_for("submissions.index"))
    return render_template("login.html", form=form, target=target), _status(form)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Log out."""
    leave()
    flash("You are logged out.")
    return _see_other(url_for("home.index"))


@blueprint.get("/team")
@members_only
def team() -> ResponseReturnValue:
    """The visitor's team and tokens, or a form to create the team."""
    return _team_page()


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
            return _see_other(url_for("accounts.team"))
    return _team_page(team_form=form)


@blueprint.post("/team/tokens")
@members_only
def create_token() -> ResponseReturnValue:
    """Create a token, and show it this once."""
    form = TokenForm()
    if form.validate_on_submit():
        try:
            token = service.create_token(current.session(), member(), name=form.name.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _team_page(new_token=token)
    return _team_page(token_form=form)


@blueprint.post("/team/tokens/<row_id:token_id>/revoke")
@members_only
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Revoke a token."""
    service.revoke_token(current.session(), member(), token_id)
    flash("The token is revoked.")
    return _see_other(url_for("accounts.team"))


def _team_page(
    *, team_form: TeamForm | None = None, token_form: TokenForm | None = None, new_token: str | None = None
) -> ResponseReturnValue:
    page = render_template(
        "team.html",
        team=member().team,
        team_form=team_form or TeamForm(formdata=None),
        token_form=token_form or TokenForm(formdata=None),
        empty_form=EmptyForm(formdata=None),
        tokens=service.list_tokens(current.session(), member()),
        new_token=new_token,
        base_url=request.host_url.rstrip("/"),
    )
    return page, _status(team_form or token_form)


def _status(form: RegisterForm | LoginForm | TeamForm | TokenForm | None) -> int:
    return 422 if form is not None and form.is_submitted() else 200


def _see_other(target: str) -> Response:
    return flask.redirect(target, 303)

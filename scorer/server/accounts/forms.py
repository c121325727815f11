"""Forms of accounts and teams. What is accepted is the services' to say; a form only asks."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired

from scorer.server.accounts.names import DISPLAY_NAME_LENGTH, TEAM_NAME_LENGTH, TOKEN_NAME_LENGTH
from scorer.server.accounts.passwords import PASSWORD_LENGTH
from scorer.server.forms import PageForm


class RegisterForm(PageForm):
    """A new account."""

    display_name = StringField(
        "Your name",
        [InputRequired("Expected a name, found nothing.")],
        render_kw={"autocomplete": "name", "maxlength": DISPLAY_NAME_LENGTH},
    )
    email = EmailField(
        "E-mail address",
        [InputRequired("Expected an e-mail address, found nothing.")],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Expected a password, found nothing.")],
        description=f"At least {PASSWORD_LENGTH[0]} characters.",
        render_kw={"autocomplete": "new-password", "minlength": PASSWORD_LENGTH[0]},
    )
    submit = SubmitField("Create account")


class LoginForm(PageForm):
    """A log-in."""

    email = EmailField(
        "E-mail address",
        [InputRequired("Expected an e-mail address, found nothing.")],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Expected a password, found nothing.")],
        render_kw={"autocomplete": "current-password"},
    )
    submit = SubmitField("Log in")


class TeamForm(PageForm):
    """A new team."""

    name = StringField(
        "Team name",
        [InputRequired("Expected a team name, found nothing.")],
        description="It stands on the public leaderboard.",
        render_kw={"maxlength": TEAM_NAME_LENGTH, "autocomplete": "off"},
    )
    submit = SubmitField("Create team")


class TokenForm(PageForm):
    """A new API token."""

    name = StringField(
        "Name of the token",
        [InputRequired("Expected a name for the token, found nothing.")],
        description="Where it will be used, such as “laptop”.",
        render_kw={"maxlength": TOKEN_NAME_LENGTH, "autocomplete": "off"},
    )
    submit = SubmitField("Create token")


class EmptyForm(PageForm):
    """A button that changes something: its form holds the CSRF token and nothing else."""

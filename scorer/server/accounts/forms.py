"""Forms of accounts and teams. What is accepted is the services' to say; a form only asks."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, SelectMultipleField, StringField, SubmitField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from scorer.server.accounts.models import Scope
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


class MergeForm(PageForm):
    """A request to another team."""

    name = StringField(
        "Name of the other team",
        [InputRequired("Expected the name of the other team, found nothing.")],
        description="Exactly as it stands on the leaderboard.",
        id="other-team",  # its page has more than one field of the name `name`
        render_kw={"maxlength": TEAM_NAME_LENGTH, "autocomplete": "off"},
    )
    submit = SubmitField("Ask to merge")


class TokenForm(PageForm):
    """A new API token."""

    name = StringField(
        "Name of the token",
        [InputRequired("Expected a name for the token, found nothing.")],
        description="Where it will be used, such as “laptop”.",
        id="token-name",
        render_kw={"maxlength": TOKEN_NAME_LENGTH, "autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        "What it may do",
        choices=[
            SelectChoice(Scope.READ.value, "read your team’s results"),
            SelectChoice(Scope.SUBMIT.value, "submit in your name"),
        ],
        default=[scope.value for scope in Scope],
        option_widget=CheckboxInput(),
        validate_choice=False,  # the service says which there are
    )
    submit = SubmitField("Create token")


class ForgottenForm(PageForm):
    """Ask for a new password."""

    email = EmailField(
        "E-mail address",
        [InputRequired("Expected an e-mail address, found nothing.")],
        render_kw={"autocomplete": "username"},
    )
    submit = SubmitField("Mail me a link")


class ResetForm(PageForm):
    """A new password."""

    password = PasswordField(
        "New password",
        [InputRequired("Expected a password, found nothing.")],
        description=f"At least {PASSWORD_LENGTH[0]} characters.",
        render_kw={"autocomplete": "new-password", "minlength": PASSWORD_LENGTH[0]},
    )
    submit = SubmitField("Set the password")


class PasswordForm(ResetForm):
    """A new password, by who knows the present one."""

    present = PasswordField(
        "Present password",
        [InputRequired("Expected your present password, found nothing.")],
        render_kw={"autocomplete": "current-password"},
    )


class NameForm(PageForm):
    """Another display name."""

    display_name = StringField(
        "Your name",
        [InputRequired("Expected a name, found nothing.")],
        render_kw={"autocomplete": "name", "maxlength": DISPLAY_NAME_LENGTH},
    )
    submit = SubmitField("Change the name")


class EmptyForm(PageForm):
    """A button that changes something: its form holds the CSRF token and nothing else."""

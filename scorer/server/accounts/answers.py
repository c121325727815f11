"""What the routes of accounts and teams answer alike."""

from __future__ import annotations

import flask
from werkzeug.wrappers import Response

from scorer.server.forms import PageForm


def see_other(target: str) -> Response:
    """Go on with another page: what follows a change."""
    return flask.redirect(target, 303)


def status_of(*forms: PageForm | None) -> int:
    """422 where one of the forms was sent and is shown again, because something in it is not accepted."""
    return 422 if any(form is not None and form.is_submitted() for form in forms) else 200

"""Pages: what the organisers told everybody, for everybody; and for organisers, to publish and withdraw it."""

from __future__ import annotations

import flask
from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.forms import EmptyForm
from scorer.server.accounts.front_desk import base_url
from scorer.server.accounts.visits import member, organisers_only
from scorer.server.announcements import service
from scorer.server.announcements.forms import AnnouncementForm
from scorer.server.announcements.letter import Letter
from scorer.server.refusals import Refusal
from scorer.server.row_ids import row_id_argument

blueprint = Blueprint("announcements", __name__, template_folder="templates")
organiser_blueprint = Blueprint("announcements", __name__, url_prefix="/announcements")
"""Part of the organiser's pages."""

PAGE_LENGTH = 20


@blueprint.get("/announcements")
def index() -> ResponseReturnValue:
    """All announcements, newest first."""
    return render_template("announcements.html", **_page_of_announcements())


@organiser_blueprint.get("")
@organisers_only
def manage() -> ResponseReturnValue:
    """The form of a new announcement, and those that are published."""
    return _management_page(AnnouncementForm(formdata=None))


@organiser_blueprint.post("")
@organisers_only
def publish() -> ResponseReturnValue:
    """Publish one, and mail it where that is asked for."""
    form = AnnouncementForm()
    if form.validate_on_submit():
        try:
            service.publish(
                current.session(),
                account=member(),
                title=form.title.data,
                text=form.text.data,
                letter=_letter() if form.mail.data else None,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if form.mail.data:
                current.server().jobs.send_mails()
            flash("The announcement is published.")
            return flask.redirect(url_for("organiser.announcements.manage"), 303)
    return _management_page(form, 422)


@organiser_blueprint.post("/<row_id:announcement_id>/withdraw")
@organisers_only
def withdraw(announcement_id: int) -> ResponseReturnValue:
    """Take one off the pages."""
    service.withdraw(current.session(), announcement_id, account=member())
    flash("The announcement is withdrawn.")
    return flask.redirect(url_for("organiser.announcements.manage"), 303)


def _letter() -> Letter:
    server = current.server()
    return Letter(server.challenge.title, base_url(), server.settings.needs_confirmed_email)


def _management_page(form: AnnouncementForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "organiser/announcements.html",
        form=form,
        only_confirmed=current.server().settings.needs_confirmed_email,
        empty_form=EmptyForm(formdata=None),
        **_page_of_announcements(),
    )
    return page, status


def _page_of_announcements() -> dict[str, object]:
    found = service.list_published(current.session(), before=row_id_argument("before"), most=PAGE_LENGTH + 1)
    shown = found[:PAGE_LENGTH]
    return {"announcements": shown, "older_than": shown[-1].id if len(found) > PAGE_LENGTH else None}

"""The form of an announcement."""

from __future__ import annotations

from wtforms import BooleanField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired

from scorer.server.announcements.service import MOST_TITLE
from scorer.server.forms import PageForm


class AnnouncementForm(PageForm):
    """A new announcement."""

    title = StringField(
        "Title",
        [InputRequired("Expected a title, found nothing.")],
        render_kw={"maxlength": MOST_TITLE, "autocomplete": "off"},
    )
    text = TextAreaField(
        "Text",
        [InputRequired("Expected a text, found nothing.")],
        description="Plain text. An empty line begins a paragraph; addresses of web pages become links.",
        render_kw={"rows": 8},
    )
    mail = BooleanField("Also mail it to everybody")
    submit = SubmitField("Publish")

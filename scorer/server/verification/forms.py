"""Forms of verification: a bundle to upload."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import SubmitField

from scorer.server.forms import PageForm


class BundleForm(PageForm):
    """A zip of code."""

    file = FileField(
        "Bundle (zip)",
        [FileRequired("Expected a zip file, found nothing.")],
        render_kw={"accept": ".zip,application/zip"},
    )
    submit = SubmitField("Upload and try")

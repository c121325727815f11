"""The upload form."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, SubmitField

from scorer.server.forms import PageForm
from scorer.server.stages.models import Stage


class UploadForm(PageForm):
    """A zip for a stage."""

    stage = SelectField("Stage", validate_choice=False)  # the service knows which are open
    file = FileField(
        "Predictions (zip)",
        [FileRequired("Expected a zip file, found nothing.")],
        render_kw={"accept": ".zip,application/zip"},
    )
    submit = SubmitField("Upload and score")

    def offer(self, stages: Sequence[Stage]) -> None:
        """The stages to choose from."""
        self.stage.choices = [(stage.name, stage.title) for stage in stages]

"""Pages: data and format, rules."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from data_spec.task import FramewiseOneHot, expect_task
from scorer.entries import HARMLESS_FOLDERS, HARMLESS_NAMES
from scorer.row_values import ONES, ZEROS
from scorer.server import clock, current
from scorer.server.guide import examples
from scorer.server.stages.service import list_stages
from scorer.server.verification.bundles import BUNDLES_PER_DAY

blueprint = Blueprint("guide", __name__, template_folder="templates")


@blueprint.get("/data")
def data() -> ResponseReturnValue:
    """Which files there are, how predictions look, and how they are scored."""
    challenge = current.server().challenge
    return render_template(
        "data.html",
        folder_trees=examples.folder_trees(challenge),
        label_rows=examples.label_rows(challenge.task),
        # Only the guide of the one kind of task asks for them.
        scored_frames=lambda: examples.scored_frames(
            expect_task(challenge.task, FramewiseOneHot), challenge.annotation.per_recording[1]
        ),
        zip_layout=examples.zip_layout(challenge),
        template_rows=examples.template_rows(challenge.task),
        prediction_rows=examples.prediction_rows(challenge.task),
        legal_values=sorted(value.decode() for value in ZEROS | ONES),
        column_ranges=list(zip(challenge.task.columns[1:], challenge.task.prediction_ranges or (), strict=False)),
        harmless_extras=sorted(HARMLESS_FOLDERS | HARMLESS_NAMES),
    )


@blueprint.get("/rules")
def rules() -> ResponseReturnValue:
    """The rules of the competition."""
    stages = list_stages(current.session())
    return render_template("rules.html", stages=stages, now=clock.utc_now(), bundles_per_day=BUNDLES_PER_DAY)

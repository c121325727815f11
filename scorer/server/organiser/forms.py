"""Forms of the organiser's pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from wtforms import DateTimeLocalField, IntegerField, SelectField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Optional

from scorer.server.accounts.models import Team
from scorer.server.forms import PageForm
from scorer.server.organiser.disqualification import MOST_REASON
from scorer.server.row_ids import DIGITS
from scorer.server.stages.models import Stage

DATE_FORMATS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
"""What browsers send; the first is also what they are shown."""

NO_MOMENT = "Expected a date and a time such as 2017-09-01T12:00, found something else."
NO_NUMBER = "Expected a whole number, found something else."


class ReasonForm(PageForm):
    """Why a team is disqualified, or is so no more."""

    because = TextAreaField(
        "Reason",
        [InputRequired("Expected a reason, found nothing.")],
        description="It stands in the audit log.",
        render_kw={"rows": 4, "maxlength": MOST_REASON},
    )


class StageForm(PageForm):
    """A stage's dates and limits."""

    opens_at = DateTimeLocalField(
        "Opens at (UTC)",
        [Optional()],
        format=DATE_FORMATS,
        invalid_value_message=NO_MOMENT,
        description="Empty: not yet set.",
        render_kw={"step": 1},
    )
    closes_at = DateTimeLocalField(
        "Closes at (UTC)",
        [Optional()],
        format=DATE_FORMATS,
        invalid_value_message=NO_MOMENT,
        description="The first moment that is too late. Empty: when you close it.",
        render_kw={"step": 1},
    )
    submissions_per_day = IntegerField(
        "Submissions a day",
        [InputRequired("Expected a number, found nothing.")],
        invalid_value_message=NO_NUMBER,
        render_kw={"min": 1},
    )
    submissions_in_total = IntegerField(
        "Submissions in all",
        [InputRequired("Expected a number, found nothing.")],
        invalid_value_message=NO_NUMBER,
        render_kw={"min": 1},
    )
    submit = SubmitField("Save")

    def fill(self, stage: Stage) -> None:
        """Show what holds now."""
        self.opens_at.data, self.closes_at.data = stage.opens_at, stage.closes_at
        self.submissions_per_day.data = stage.submissions_per_day
        self.submissions_in_total.data = stage.submissions_in_total

    def entered_moment(self, name: str, unchanged: datetime | None) -> datetime | None:
        """A moment that was entered, in UTC; the one it showed before, where that is what came back.

        A browser knows no fractions of seconds, the database does.
        """
        entered: datetime | None = self[name].data
        if entered is None:
            return None
        entered = entered.replace(tzinfo=UTC)
        return unchanged if unchanged is not None and unchanged.replace(microsecond=0) == entered else entered


def team_number(value: object) -> int:
    """The number of a team, as the form sends it. Raises ValueError."""
    if not re.fullmatch(DIGITS, text := str(value)):
        raise ValueError
    return int(text)


class AdmissionForm(PageForm):
    """A team to admit by hand."""

    team = SelectField(
        "Team",
        [InputRequired("Expected a team, found none.")],
        coerce=team_number,
        validate_choice=False,  # the service knows who may be admitted
    )

    def offer(self, teams: Sequence[Team]) -> None:
        """The teams to choose from."""
        self.team.choices = [(team.id, team.name) for team in teams]

"""Pages of the organiser: the overview and the audit log; and the pages that the other files here have."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from scorer.server import clock, current
from scorer.server.accounts.visits import organisers_only
from scorer.server.announcements.routes import organiser_blueprint as announcements
from scorer.server.audit import service as audit
from scorer.server.audit.details_text import detail_lines
from scorer.server.organiser import overview, stage_routes, submission_routes, team_routes
from scorer.server.organiser.hour_plot import HEIGHT, bars_of
from scorer.server.row_ids import row_id_argument
from scorer.server.stages.service import list_stages
from scorer.server.verification.routes import organiser_blueprint as verification

blueprint = Blueprint("organiser", __name__, url_prefix="/organiser", template_folder="templates")
for part in (team_routes.blueprint, submission_routes.blueprint, stage_routes.blueprint, announcements, verification):
    blueprint.register_blueprint(part)

PAGE_LENGTH = 50


@blueprint.get("")
@organisers_only
def index() -> ResponseReturnValue:
    """Whether anything is stuck, fails, or piles up."""
    session, now = current.session(), clock.utc_now()
    return render_template(
        "organiser/overview.html",
        now=now,
        bars=bars_of(overview.count_hours(session, now)),
        height=HEIGHT,
        queue=overview.count_queue(session, now),
        failures=overview.list_failures(session, now),
        most_failures=overview.MOST_FAILURES,
        verdicts=overview.count_verdicts(session, now),
        verifications=overview.count_verifications(session),
        mails=overview.count_mails(session),
        stages=list_stages(session),
    )


@blueprint.get("/audit")
@organisers_only
def audit_log() -> ResponseReturnValue:
    """What was decided by whom, newest first, and whether the chain holds."""
    session = current.session()
    found = audit.list_entries(session, before=row_id_argument("before"), most=PAGE_LENGTH + 1)
    shown = found[:PAGE_LENGTH]
    return render_template(
        "organiser/audit.html",
        entries=[(entry, detail_lines(entry.details)) for entry in shown],
        older_than=shown[-1].id if len(found) > PAGE_LENGTH else None,
        head=audit.read_head(session),
        broken=audit.verify(session),
    )

"""Have the trial of a bundle begun that has just been received."""

from __future__ import annotations

from scorer.server.jobs.celery_app import Jobs
from scorer.server.verification.models import Bundle, Kind, Progress


def wake_trial(jobs: Jobs, bundle: Bundle) -> None:
    """Wake a worker for the bundle's trial, unless it has begun."""
    for verification in bundle.verifications:
        if verification.kind is Kind.TRIAL and verification.progress is Progress.QUEUED:
            jobs.verify(verification.id)

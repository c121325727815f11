"""Which requests are uploads, and how large a zip each may bring."""

from __future__ import annotations

from data_spec.challenge import Challenge

UPLOADS_BY_FORM = ("submissions.upload", "bundles.upload")
UPLOADS_BY_API = ("api.submit", "api.submit_bundle")
BUNDLES = ("bundles.upload", "api.submit_bundle")


def most_zip_bytes(challenge: Challenge, endpoint: str | None) -> int | None:
    """What the zip of an upload may have; None where the request is no upload."""
    if endpoint not in UPLOADS_BY_FORM + UPLOADS_BY_API:
        return None
    rules = challenge.verification.bundle if endpoint in BUNDLES else challenge.submission
    return rules.max_zip_bytes

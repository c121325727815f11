"""All addresses of the API, by the blueprint that they are in."""

from scorer.server.api import (  # noqa: F401 (each adds its own)
    account_routes,
    bundle_routes,
    challenge_routes,
    download_routes,
    submission_routes,
)
from scorer.server.api.blueprint import blueprint

__all__ = ["blueprint"]

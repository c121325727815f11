"""All addresses of the API, by the blueprint that they are in."""

from scorer.server.api import account_routes, challenge_routes, download_routes, submission_routes  # noqa: F401 (each adds its own)
from scorer.server.api.blueprint import blueprint

__all__ = ["blueprint"]

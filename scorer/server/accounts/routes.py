"""All pages of accounts and teams, by the blueprint that they are in."""

from scorer.server.accounts import (  # noqa: F401 (each adds its own)
    account_routes,
    entrance_routes,
    invitation_routes,
    merging_routes,
    recovery_routes,
    team_routes,
    token_routes,
)
from scorer.server.accounts.blueprint import blueprint

__all__ = ["blueprint"]

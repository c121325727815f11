"""All models together, for who needs the whole database: migrations and their test."""

from scorer.server.accounts.models import Account, ApiToken, LoginSession, Membership, Team
from scorer.server.db import Base
from scorer.server.leaderboard.models import Best
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Score, Submission

__all__ = ["Account", "ApiToken", "Base", "Best", "LoginSession", "Membership", "Score", "Stage", "Submission", "Team"]

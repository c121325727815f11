"""All models together, for who needs the whole database: migrations, backups, and their tests."""

from scorer.server.accounts.models import (
    Account,
    ApiToken,
    Invitation,
    LoginSession,
    Membership,
    MergeRequest,
    Team,
)
from scorer.server.announcements.models import Announcement
from scorer.server.audit.models import AuditEntry, AuditHead
from scorer.server.db import Base
from scorer.server.leaderboard.models import Choice, Standing
from scorer.server.mails.models import Mail
from scorer.server.rate_limits.models import TryCount
from scorer.server.stages.models import Admission, Stage
from scorer.server.submissions.models import Score, Submission
from scorer.server.verification.models import Bundle, LogPiece, Verification

__all__ = [
    "Account",
    "Admission",
    "Announcement",
    "ApiToken",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Bundle",
    "Choice",
    "Invitation",
    "LogPiece",
    "LoginSession",
    "Mail",
    "Membership",
    "MergeRequest",
    "Score",
    "Stage",
    "Standing",
    "Submission",
    "Team",
    "TryCount",
    "Verification",
]

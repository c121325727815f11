"""People, teams, and how they prove who they are."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, Enum, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scorer.server.db import Base, UtcDateTime


class Role(enum.StrEnum):
    """What an account may do beside taking part."""

    PARTICIPANT = "participant"
    ORGANISER = "organiser"


class Scope(enum.StrEnum):
    """What an API token may be used for."""

    READ = "read"
    SUBMIT = "submit"


class Account(Base):
    """One person."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(800), unique=True)
    """The e-mail address as it is compared: `names.comparison_key`."""
    display_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(Enum(Role, native_enum=False, length=20, values_callable=lambda r: [*r]))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a link that was mailed to the address was followed."""
    membership: Mapped[Membership | None] = relationship(back_populates="account", uselist=False)

    @property
    def team(self) -> Team | None:
        """The team this person takes part in."""
        return self.membership.team if self.membership else None


class Team(Base):
    """Who enters together."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(400), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disqualified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since then the team stands in no leaderboard and submits nothing."""
    disqualified_because: Mapped[str | None] = mapped_column(Text)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    """The team that took this one in: its members and submissions are there now."""
    memberships: Mapped[list[Membership]] = relationship(back_populates="team", order_by="Membership.joined_at")


class Membership(Base):
    """A person in a team. The account is the key: nobody is in two."""

    __tablename__ = "memberships"

    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id, ondelete="CASCADE"), index=True)
    captain: Mapped[bool]
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship(back_populates="membership")
    team: Mapped[Team] = relationship(back_populates="memberships")


class Invitation(Base):
    """A link that lets one person join a team. Only the hash of its secret is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id, ondelete="CASCADE"), index=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    team: Mapped[Team] = relationship()


class MergeRequest(Base):
    """One team asks another to take it in."""

    __tablename__ = "merge_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), index=True)
    into_team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), index=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted: Mapped[bool | None]
    from_team: Mapped[Team] = relationship(foreign_keys=from_team_id)
    into_team: Mapped[Team] = relationship(foreign_keys=into_team_id)


class LoginSession(Base):
    """One log-in on one browser. The cookie holds the secret, the row its hash; without the row it is worth nothing."""

    __tablename__ = "login_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship()


class ApiToken(Base):
    """What a program sends instead of a password. Only the hash of its secret is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    """The part of the token that finds its row."""
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]] = mapped_column(JSON, default=lambda: [*Scope])
    """Values of `Scope`."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship()

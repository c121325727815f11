"""People, teams, and how they prove who they are."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Enum, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scorer.server.db import Base, UtcDateTime


class Role(enum.StrEnum):
    """What an account may do beside taking part."""

    PARTICIPANT = "participant"
    ORGANISER = "organiser"


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
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship()

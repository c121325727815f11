"""Bundles of code, their verifications, and what was said meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bundles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("received", "refused", "accepted", name="bundlestate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bundles_account_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_bundles_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
    )
    op.create_index(op.f("ix_bundles_sha256"), "bundles", ["sha256"], unique=False)
    op.create_index(op.f("ix_bundles_team_id"), "bundles", ["team_id"], unique=False)
    op.create_table(
        "verifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("trial", "full", name="kind", native_enum=False, length=20), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "progress",
            sa.Enum(
                "queued",
                "running",
                "matched",
                "mismatched",
                "failed",
                "stopped",
                name="progress",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_holder", sa.String(length=32), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["accounts.id"], name=op.f("fk_verifications_asked_by_id")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_verifications_bundle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )
    op.create_index(op.f("ix_verifications_bundle_id"), "verifications", ["bundle_id"], unique=False)
    op.create_index(op.f("ix_verifications_progress"), "verifications", ["progress"], unique=False)
    op.create_table(
        "verification_log",
        sa.Column("verification_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verifications.id"], name=op.f("fk_verification_log_verification_id")
        ),
        sa.PrimaryKeyConstraint("verification_id", "position", name=op.f("pk_verification_log")),
    )


def downgrade() -> None:
    op.drop_table("verification_log")
    op.drop_index(op.f("ix_verifications_progress"), table_name="verifications")
    op.drop_index(op.f("ix_verifications_bundle_id"), table_name="verifications")
    op.drop_table("verifications")
    op.drop_index(op.f("ix_bundles_team_id"), table_name="bundles")
    op.drop_index(op.f("ix_bundles_sha256"), table_name="bundles")
    op.drop_table("bundles")

"""when processes begin cases by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "start_timer",
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("definition_key", key, nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("interval", sa.Text(), nullable=True),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("try_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["process_definition.key"], name=op.f("fk_start_timer_definition_key")
        ),
        sa.PrimaryKeyConstraint("process_id", "element_id", name=op.f("pk_start_timer")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_start_timer_try_at", "start_timer", ["try_at"])


def downgrade() -> None:
    op.drop_table("start_timer")

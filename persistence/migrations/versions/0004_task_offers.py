"""whom user tasks are offered to, by role and by name, with what the inbox's ranges need.

Every open task keeps its candidates; taking it back makes the two earlier tables of them again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from persistence.schema import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_HELD_AND_DUE = sa.text("state = 'open' AND assignee IS NOT NULL AND due_at IS NOT NULL")
_COMPLETED = sa.text("completed_by IS NOT NULL")


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _index(name: str, table: str, columns: list[str], where: sa.TextClause | None) -> None:
    op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)


def _create_offers() -> None:
    op.create_table(
        "user_task_offer",
        sa.Column("task_key", _key(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("claimable", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["task_key"], ["user_task.key"], name=op.f("fk_user_task_offer_task_key")),
        sa.PrimaryKeyConstraint("task_key", "kind", "candidate", name=op.f("pk_user_task_offer")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO user_task_offer (task_key, kind, candidate, open, claimable, due_at) "
        "SELECT task.key, given.kind, given.candidate, task.state = 'open', "
        "task.state = 'open' AND task.assignee IS NULL, task.due_at FROM user_task AS task JOIN ("
        "SELECT task_key, 'role' AS kind, group_id AS candidate FROM user_task_group UNION ALL "
        "SELECT task_key, 'person', CAST(person AS TEXT) FROM user_task_candidate"
        ") AS given ON given.task_key = task.key"
    )
    for name, columns, where in (
        ("ix_user_task_offer_open", ["task_key", "open"], "open"),
        ("ix_user_task_offer_claimable", ["task_key", "claimable"], "claimable"),
        ("ix_user_task_offer_due", ["due_at", "task_key", "claimable"], "claimable AND due_at IS NOT NULL"),
    ):
        _index(name, "user_task_offer", ["kind", "candidate", *columns], sa.text(where))


def upgrade() -> None:
    _create_offers()
    op.drop_index("ix_user_task_group_open", "user_task_group")
    op.drop_table("user_task_group")
    op.drop_table("user_task_candidate")
    op.drop_index("ix_user_task_due_open", "user_task")
    op.drop_index("ix_user_task_completed", "user_task")
    op.drop_index("ix_user_task_assignee_open", "user_task")
    _index("ix_user_task_assignee_open", "user_task", ["assignee", "key", "state"], _OPEN)
    _index("ix_user_task_assignee_due", "user_task", ["assignee", "due_at", "key", "state"], _HELD_AND_DUE)
    _index("ix_user_task_completed", "user_task", ["completed_by", "key"], _COMPLETED)


def _create_groups_and_candidates() -> None:
    op.create_table(
        "user_task_candidate",
        sa.Column("person", _key(), nullable=False),
        sa.Column("task_key", _key(), nullable=False),
        sa.ForeignKeyConstraint(["task_key"], ["user_task.key"], name=op.f("fk_user_task_candidate_task_key")),
        sa.PrimaryKeyConstraint("person", "task_key", name=op.f("pk_user_task_candidate")),
    )
    op.create_table(
        "user_task_group",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("task_key", _key(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["task_key"], ["user_task.key"], name=op.f("fk_user_task_group_task_key")),
        sa.PrimaryKeyConstraint("task_key", "group_id", name=op.f("pk_user_task_group")),
    )
    op.execute(
        "INSERT INTO user_task_group (group_id, task_key, open) "
        "SELECT candidate, task_key, open FROM user_task_offer WHERE kind = 'role'"
    )
    op.execute(
        "INSERT INTO user_task_candidate (person, task_key) "
        "SELECT CAST(candidate AS BIGINT), task_key FROM user_task_offer WHERE kind = 'person'"
    )
    _index("ix_user_task_group_open", "user_task_group", ["group_id", "task_key"], sa.text("open"))


def downgrade() -> None:
    _create_groups_and_candidates()
    op.drop_table("user_task_offer")
    op.drop_index("ix_user_task_assignee_due", "user_task")
    op.drop_index("ix_user_task_completed", "user_task")
    op.drop_index("ix_user_task_assignee_open", "user_task")
    _index("ix_user_task_assignee_open", "user_task", ["assignee", "key"], _OPEN)
    _index("ix_user_task_completed", "user_task", ["completed_by", "key"], None)
    _index("ix_user_task_due_open", "user_task", ["due_at"], _OPEN)

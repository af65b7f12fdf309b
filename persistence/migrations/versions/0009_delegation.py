"""deputies and absences, with every change of them; of a step, on whose behalf it was done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.key"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.add_column("activity", sa.Column("on_behalf_of", _key(), nullable=True))
    _create_delegations()
    _create_absences()
    op.create_table(
        "delegation_event",
        sa.Column("key", _key(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.String(20), nullable=False),
        sa.Column("delegation", _key(), nullable=True),
        sa.Column("absence", _key(), nullable=True),
        sa.Column("by_person", _key(), nullable=False),
        sa.CheckConstraint("(delegation IS NULL) <> (absence IS NULL)", name="ck_delegation_event_one_record"),
        sa.ForeignKeyConstraint(["delegation"], ["delegation.key"], name=op.f("fk_delegation_event_delegation")),
        sa.ForeignKeyConstraint(["absence"], ["absence.key"], name=op.f("fk_delegation_event_absence")),
        _person("delegation_event", "by_person"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_delegation_event")),
    )
    _keep_as_written("delegation_event")


def _create_delegations() -> None:
    op.create_table(
        "delegation",
        sa.Column("key", _key(), nullable=False),
        sa.Column("person", _key(), nullable=False),
        sa.Column("deputy", _key(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("given_by", _key(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", _key(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("person <> deputy", name="ck_delegation_another_person"),
        sa.CheckConstraint("given_by <> deputy", name="ck_delegation_not_taken"),
        sa.CheckConstraint("begins_at < ends_at", name="ck_delegation_time"),
        *(_person("delegation", column) for column in ("person", "deputy", "given_by", "ended_by")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_deputy", "delegation", ["deputy", "ends_at"])
    op.create_index("ix_delegation_person", "delegation", ["person"])
    op.create_table(
        "delegation_role",
        sa.Column("delegation", _key(), nullable=False),
        sa.Column("role", sa.String(50), nullable=False),
        sa.ForeignKeyConstraint(["delegation"], ["delegation.key"], name=op.f("fk_delegation_role_delegation")),
        sa.PrimaryKeyConstraint("delegation", "role", name=op.f("pk_delegation_role")),
    )


def _create_absences() -> None:
    op.create_table(
        "absence",
        sa.Column("key", _key(), nullable=False),
        sa.Column("person", _key(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("entered_by", _key(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", _key(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("begins_at < ends_at", name="ck_absence_time"),
        *(_person("absence", column) for column in ("person", "entered_by", "ended_by")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_person", "absence", ["person", "ends_at"])


def _keep_as_written(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'rows of this table are never changed'); END"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  our own tables
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE key = NEW.key) {refuse}"
    )


def downgrade() -> None:
    for table in ("delegation_event", "absence", "delegation_role", "delegation"):
        op.drop_table(table)  # with its triggers
    op.drop_column("activity", "on_behalf_of")

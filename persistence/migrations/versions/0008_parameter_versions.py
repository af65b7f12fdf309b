"""versions of the parameters; the bank's own days become a part of them, those kept so far as one version.

Table calendar_override stays for programs of the release before, which still read it; the next release drops it.
Taking this back keeps the days as they stand and forgets the versions.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

from persistence.schema import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEYS = {"parameter_set": ("version",), "parameter_version": ("version", "name"), "calendar_day": ("version", "day")}
_FIRST = 2  # version 1 is the file that ships

_override = sa.table(
    "calendar_override",
    sa.column("day", sa.Date()),
    sa.column("business_day", sa.Boolean()),
    sa.column("reason"),
    sa.column("changed_at", UtcDateTime()),
)
_set = sa.table(
    "parameter_set",
    *map(sa.column, ("version", "kind", "name", "business_key", "reason")),
    sa.column("adopted_at", UtcDateTime()),
)
_day = sa.table(
    "calendar_day",
    sa.column("version"),
    sa.column("day", sa.Date()),
    sa.column("business_day", sa.Boolean()),
    sa.column("source"),
)


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "parameter_set",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("business_key", sa.String(length=100), nullable=False),
        sa.Column("proposed_by", _key(), nullable=True),
        sa.Column("checked_by", _key(), nullable=True),
        sa.Column("agreed_by", _key(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("adopted_at", UtcDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], ["person.key"], name=op.f(f"fk_parameter_set_{column}"))
            for column in ("proposed_by", "checked_by", "agreed_by")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_parameter_set")),
        sa.UniqueConstraint("business_key", name=op.f("uq_parameter_set_business_key")),
    )
    op.create_table(
        "parameter_version",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("certainty", sa.String(length=1), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["parameter_set.version"], name=op.f("fk_parameter_version_version")),
        sa.PrimaryKeyConstraint("version", "name", name=op.f("pk_parameter_version")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("business_day", sa.Boolean(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["parameter_set.version"], name=op.f("fk_calendar_day_version")),
        sa.PrimaryKeyConstraint("version", "day", name=op.f("pk_calendar_day")),
    )
    _keep_days(op.get_bind())
    for table, keys in _KEYS.items():
        _refuse_changes(table, keys)


def _keep_days(connection: sa.Connection) -> None:
    days = connection.execute(sa.select(_override)).all()
    if not days:
        return
    version = {"version": _FIRST, "kind": "calendar", "name": "calendar", "business_key": "calendar_override"}
    adopted_at = max(row.changed_at for row in days)
    kept = "Days kept before parameters had versions"
    connection.execute(sa.insert(_set).values(**version, reason=kept, adopted_at=adopted_at))
    rows = [{"version": _FIRST, "day": row.day, "business_day": row.business_day, "source": row.reason} for row in days]
    connection.execute(sa.insert(_day), rows)


def _refuse_changes(table: str, keys: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'rows of this table are never changed'); END"
        same_key = " AND ".join(f"{key} = NEW.{key}" for key in keys)
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  our own tables
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same_key}) {refuse}"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.delete(_override))
    adopted: dict[int, dt.datetime] = {
        row.version: row.adopted_at for row in connection.execute(sa.select(_set.c.version, _set.c.adopted_at))
    }
    rows = connection.execute(sa.select(_day).order_by(_day.c.version)).all()
    for row in {row.day: row for row in rows}.values():
        if row.business_day is not None:
            day = {"day": row.day, "business_day": row.business_day, "reason": row.source[:200]}
            connection.execute(sa.insert(_override).values(**day, changed_at=adopted[row.version]))
    for table in reversed(_KEYS):
        op.drop_table(table)  # and its triggers

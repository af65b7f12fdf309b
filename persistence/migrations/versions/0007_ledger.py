"""the ledger: accounts, entries that are never changed, and their postings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("ledger_entry", "posting")


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("key", _key(), nullable=False),
        sa.Column("account", _key(), nullable=True),
        sa.Column("internal", sa.String(20), nullable=True),
        sa.Column("balance_fen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(account IS NULL) <> (internal IS NULL)", name="ck_ledger_account_one_owner"),
        sa.CheckConstraint("(account IS NULL) = (balance_fen IS NULL)", name="ck_ledger_account_kept_balance"),
        sa.CheckConstraint("balance_fen >= 0", name="ck_ledger_account_not_overdrawn"),
        sa.ForeignKeyConstraint(["account"], ["account.key"], name=op.f("fk_ledger_account_account")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("account", name=op.f("uq_ledger_account_account")),
        sa.UniqueConstraint("internal", name=op.f("uq_ledger_account_internal")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("key", _key(), nullable=False),
        sa.Column("reference", sa.String(120), nullable=False),
        sa.Column("booking_text", sa.String(30), nullable=False),
        sa.Column("business_key", sa.String(100), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=False),
        sa.Column("reversal_of", _key(), nullable=True),
        sa.ForeignKeyConstraint(["reversal_of"], ["ledger_entry.key"], name=op.f("fk_ledger_entry_reversal_of")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("reference", name=op.f("uq_ledger_entry_reference")),
        sa.UniqueConstraint("reversal_of", name=op.f("uq_ledger_entry_reversal_of")),
    )
    op.create_index(op.f("ix_ledger_entry_business_key"), "ledger_entry", ["business_key"])
    op.create_table(
        "posting",
        sa.Column("key", _key(), nullable=False),
        sa.Column("entry", _key(), nullable=False),
        sa.Column("ledger_account", _key(), nullable=False),
        sa.Column("side", sa.String(6), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="ck_posting_positive"),
        sa.CheckConstraint("side IN ('debit', 'credit')", name="ck_posting_side"),
        sa.ForeignKeyConstraint(["entry"], ["ledger_entry.key"], name=op.f("fk_posting_entry")),
        sa.ForeignKeyConstraint(["ledger_account"], ["ledger_account.key"], name=op.f("fk_posting_ledger_account")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_posting")),
    )
    op.create_index(op.f("ix_posting_entry"), "posting", ["entry"])
    op.create_index(op.f("ix_posting_ledger_account"), "posting", ["ledger_account"])
    for table in _APPEND_ONLY:
        _keep_as_written(table)


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
    for table in ("posting", "ledger_entry", "ledger_account"):
        op.drop_table(table)  # with its triggers

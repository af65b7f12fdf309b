"""transfers, their reservations and payments in; profiles of accounts and the record of their restrictions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade() -> None:
    _accounts()
    _transfers()
    op.create_table(
        "incoming_payment",
        sa.Column("key", _key(), nullable=False),
        _text("reference", 120),
        sa.Column("account", _key(), nullable=False),
        _text("source", 20),
        _text("payer_name", 200),
        _text("payer_number", 64),
        _text("payer_bank", 200),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("entry", _key(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="ck_incoming_payment_positive"),
        sa.ForeignKeyConstraint(["account"], ["account.key"], name=op.f("fk_incoming_payment_account")),
        sa.ForeignKeyConstraint(["entry"], ["ledger_entry.key"], name=op.f("fk_incoming_payment_entry")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_incoming_payment")),
        sa.UniqueConstraint("reference", name=op.f("uq_incoming_payment_reference")),
    )
    op.create_index("ix_incoming_payment_day", "incoming_payment", ["account", "received_on"])


def _accounts() -> None:
    op.create_table(
        "account_profile",
        sa.Column("account", _key(), nullable=False),
        _text("holder", 20),
        _text("holder_name", 200),
        _text("risk_band", 20),
        sa.Column("minor", sa.Boolean(), nullable=False),
        _text("bound_account", 64),
        sa.Column("ends_on", sa.Date(), nullable=True),
        _text("email", 200),
        _text("language", 20),
        sa.ForeignKeyConstraint(["account"], ["account.key"], name=op.f("fk_account_profile_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_account_profile")),
    )
    op.create_table(
        "account_status_change",
        sa.Column("key", _key(), nullable=False),
        sa.Column("account", _key(), nullable=False),
        _text("before", 30),
        _text("after", 30),
        _text("reason", 30),
        _text("reference", 120),
        sa.Column("person", _key(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.key"], name=op.f("fk_account_status_change_account")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_account_status_change")),
    )
    op.create_index(op.f("ix_account_status_change_account"), "account_status_change", ["account"])
    _keep_as_written("account_status_change")


def _transfers() -> None:
    op.create_table(
        "transfer",
        sa.Column("key", _key(), nullable=False),
        _text("business_key", 100),
        sa.Column("account", _key(), nullable=False),
        _text("kind", 20),
        _text("counter_name", 200),
        _text("counter_match", 200),
        _text("counter_number", 64),
        _text("counter_bank", 200),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        _text("channel", 20),
        _text("purpose", 200),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        _text("status", 20),
        _text("reason", 40),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("entry", _key(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name="ck_transfer_positive"),
        sa.CheckConstraint("(status = 'posted') = (entry IS NOT NULL)", name="ck_transfer_posted_with_entry"),
        sa.ForeignKeyConstraint(["account"], ["account.key"], name=op.f("fk_transfer_account")),
        sa.ForeignKeyConstraint(["entry"], ["ledger_entry.key"], name=op.f("fk_transfer_entry")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_transfer")),
        sa.UniqueConstraint("business_key", name=op.f("uq_transfer_business_key")),
        sa.UniqueConstraint("entry", name=op.f("uq_transfer_entry")),
    )
    op.create_index(op.f("ix_transfer_account"), "transfer", ["account"])
    op.create_table(
        "limit_reservation",
        sa.Column("key", _key(), nullable=False),
        sa.Column("transfer", _key(), nullable=False),
        sa.Column("account", _key(), nullable=False),
        _text("period", 10),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        _text("state", 10),
        sa.ForeignKeyConstraint(["account"], ["account.key"], name=op.f("fk_limit_reservation_account")),
        sa.ForeignKeyConstraint(["transfer"], ["transfer.key"], name=op.f("fk_limit_reservation_transfer")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limit_reservation")),
        sa.UniqueConstraint("transfer", "period", name=op.f("uq_limit_reservation_transfer_period")),
    )
    op.create_index("ix_limit_reservation_window", "limit_reservation", ["account", "period", "window_start"])


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
    tables = ("incoming_payment", "limit_reservation", "transfer", "account_status_change", "account_profile")
    for table in tables:
        op.drop_table(table)

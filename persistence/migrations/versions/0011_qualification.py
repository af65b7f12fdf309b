"""qualifications of the staff; refused attempts are found by time and by person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_REFUSED = sa.text("outcome = 'refused'")


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "qualification",
        sa.Column("key", _key(), nullable=False),
        sa.Column("person", _key(), nullable=False),
        sa.Column("id", sa.String(50), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("exam_score", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(100), nullable=False),
        sa.Column("withdrawn_by", _key(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("exam_score BETWEEN 0 AND 100", name="ck_qualification_exam_score"),
        sa.ForeignKeyConstraint(["person"], ["person.key"], name=op.f("fk_qualification_person")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.key"], name=op.f("fk_qualification_withdrawn_by")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_qualification")),
        sa.UniqueConstraint("person", "id", "case", name=op.f("uq_qualification_person_id_case")),
    )
    for name, columns in (
        ("ix_operations_log_refused_time", ["time", "key"]),
        ("ix_operations_log_refused_person", ["actor_person", "time"]),
    ):
        op.create_index(name, "operations_log", columns, unique=False, sqlite_where=_REFUSED, postgresql_where=_REFUSED)


def downgrade() -> None:
    op.drop_index("ix_operations_log_refused_person", "operations_log")
    op.drop_index("ix_operations_log_refused_time", "operations_log")
    op.drop_table("qualification")

"""the namespaces of deployed decision models, and what each imports.

Models deployed before have no row: nothing could import them then, and they can be imported once deployed again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "decision_model",
        sa.Column("resource_key", _key(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["deployment_resource.key"], name=op.f("fk_decision_model_resource_key")
        ),
        sa.PrimaryKeyConstraint("resource_key", name=op.f("pk_decision_model")),
    )
    with op.batch_alter_table("decision_model", schema=None) as batch_op:
        batch_op.create_index("ix_decision_model_namespace", ["namespace", "resource_key"], unique=False)

    op.create_table(
        "decision_import",
        sa.Column("resource_key", _key(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("imported_key", _key(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_key"], ["deployment_resource.key"], name=op.f("fk_decision_import_resource_key")
        ),
        sa.ForeignKeyConstraint(
            ["imported_key"], ["deployment_resource.key"], name=op.f("fk_decision_import_imported_key")
        ),
        sa.PrimaryKeyConstraint("resource_key", "namespace", name=op.f("pk_decision_import")),
    )


def downgrade() -> None:
    op.drop_table("decision_import")
    with op.batch_alter_table("decision_model", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_model_namespace")

    op.drop_table("decision_model")

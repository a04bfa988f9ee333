"""Answers that are a number for each case."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; no label or prediction that is there is a number."""
    op.add_column("annotations", sa.Column("value", sa.Double(), nullable=True))
    op.add_column("predictions", sa.Column("value", sa.Double(), nullable=True))
    op.add_column("predictions", sa.Column("spread", sa.Double(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("predictions", "spread")
    op.drop_column("predictions", "value")
    op.drop_column("annotations", "value")

"""Which label of another reader a revision verifies, and what was corrected of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing that is there was verified."""
    op.add_column("annotations", sa.Column("verifies", sa.Integer(), nullable=True))
    op.add_column("annotations", sa.Column("verified_changes", sa.Integer(), nullable=True))
    op.add_column("annotations", sa.Column("verified_dice", sa.Double(), nullable=True))


def downgrade() -> None:
    """Drop them; what second readers accepted stays, as labels of their own."""
    for column in ("verified_dice", "verified_changes", "verifies"):
        op.drop_column("annotations", column)

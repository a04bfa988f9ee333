"""Which measure a prediction's score comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of scores that are there it is not known until the task's measure changes."""
    op.add_column("predictions", sa.Column("measure", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop it; the scores stay."""
    op.drop_column("predictions", "measure")

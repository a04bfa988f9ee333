"""Where images come from: their series, their sequence, what was odd about their files, and facts of the project."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table; nothing of it is known of what is there."""
    op.add_column("cases", sa.Column("notes", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("images", sa.Column("name", sa.String(), server_default="", nullable=False))
    op.add_column("images", sa.Column("source", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "facts",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("facts")
    op.drop_column("images", "source")
    op.drop_column("images", "name")
    op.drop_column("cases", "notes")

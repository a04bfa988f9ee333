"""Comments, tags and difficulty of cases; what of a label was confirmed, and how it came to be."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns; every label that is there was accepted whole.

    Columns only come and go: making a table anew would drop rows that others point to.
    """
    op.add_column("cases", sa.Column("wider", sa.String(length=32), nullable=False, server_default="new"))
    op.execute("UPDATE cases SET wider = state")
    op.drop_column("cases", "state")
    op.execute("ALTER TABLE cases RENAME COLUMN wider TO state")
    op.add_column("cases", sa.Column("difficulty", sa.Integer(), nullable=True))
    op.add_column("annotations", sa.Column("accepted", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("annotations", sa.Column("confirmed", sa.JSON(), nullable=True))
    op.add_column("annotations", sa.Column("slices", sa.Integer(), nullable=True))
    op.add_column("annotations", sa.Column("labels", sa.JSON(), nullable=True))
    op.add_column("annotations", sa.Column("mode", sa.String(length=16), nullable=True))
    op.add_column("predictions", sa.Column("amount", sa.Double(), nullable=True))
    op.create_table(
        "case_tags",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_tags_case_id")),
        sa.PrimaryKeyConstraint("case_id", "tag", name=op.f("pk_case_tags")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_comments_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_case_id"), "comments", ["case_id"], unique=False)


def downgrade() -> None:
    """Drop what was added; a state that was unknown before becomes one that loses nothing."""
    op.drop_table("comments")
    op.drop_table("case_tags")
    op.drop_column("predictions", "amount")
    for column in ("mode", "labels", "slices", "confirmed", "accepted"):
        op.drop_column("annotations", column)
    op.drop_column("cases", "difficulty")
    op.execute("UPDATE cases SET state = 'in progress' WHERE state IN ('accepted in part', 'needs a second look')")
    op.execute("UPDATE cases SET state = 'skipped' WHERE state = 'rejected'")

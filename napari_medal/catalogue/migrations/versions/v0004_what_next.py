"""What to label next: where cases lie, what a correction takes, audits and second looks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables; nothing of it is known of what is there."""
    op.add_column("cases", sa.Column("looks", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("annotations", sa.Column("edit", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("predictions", sa.Column("features", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("predictions", sa.Column("edit", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("model_labels", sa.Column("features", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=True),
        sa.Column("model", sa.Integer(), nullable=True),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_audits_case_id")),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotations.id"], name=op.f("fk_audits_annotation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
        sa.UniqueConstraint("task", "number", name=op.f("uq_audits_task_number")),
    )
    op.create_index(op.f("ix_audits_case_id"), "audits", ["case_id"], unique=False)
    op.create_table(
        "second_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("suspicion", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=True),
        sa.Column("axial", sa.Integer(), nullable=True),
        sa.Column("dismissed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_second_looks_case_id")),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotations.id"], name=op.f("fk_second_looks_annotation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_looks")),
        sa.UniqueConstraint("task", "case_id", "kind", name=op.f("uq_second_looks_task_case_id_kind")),
    )
    op.create_index(op.f("ix_second_looks_case_id"), "second_looks", ["case_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("second_looks")
    op.drop_table("audits")
    op.drop_column("model_labels", "features")
    op.drop_column("predictions", "edit")
    op.drop_column("predictions", "features")
    op.drop_column("annotations", "edit")
    op.drop_column("cases", "looks")

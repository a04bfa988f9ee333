"""Alembic's hook: run the migrations on the connection that was handed over."""

from alembic import context

from napari_medal.catalogue.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

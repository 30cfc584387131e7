"""Runs migrations on the connection that `app.commands.database.migrate` hands over."""

from alembic import context

from migrations.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=True,
    include_name=lambda name, kind, _parents: kind != "table" or name in metadata.tables,
    compare_server_default=False,
    **context.config.attributes.get("options", {}),
)
with context.begin_transaction():
    context.run_migrations()

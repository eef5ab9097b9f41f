"""Entry point of Alembic: run migrations on the connection, and in the transaction, of data.store.migrate."""

from alembic import context

from data.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

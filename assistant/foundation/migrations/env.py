"""Alembic's entry: runs the migrations on the connection (and in the transaction) that ``Database.upgrade`` hands over."""

from __future__ import annotations

from alembic import context

from assistant.foundation.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()

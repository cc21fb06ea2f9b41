"""Alembic's way in: it runs the steps on the connection that `database` hands over, in the transaction it is in."""

from alembic import context

from service.store.migrations import VERSION_TABLE
from service.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()

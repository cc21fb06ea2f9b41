"""Runs in the order in which they began, not in that in which they came here; which of them came to an answer.

The `seq` of each run is made anew from when it began; see `service.store.order`.
"""

import sqlalchemy as sa
from alembic import op

from service.store.columns import UtcTime
from service.store.order import first_seq

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0007"
down_revision = "0006"

AT_ONCE = 1_000


def upgrade() -> None:
    """Let the index of schemas tell more, and number the runs."""
    op.drop_index("ix_runs_schema", "runs")
    columns = ["owner", "schema_hash", "deleted_at", "seq", "conversation_id", "created_at", "state", "verdict"]
    has_schema = sa.text("schema_hash IS NOT NULL")
    op.create_index("ix_runs_schema", "runs", columns, sqlite_where=has_schema, postgresql_where=has_schema)
    _number(op.get_bind())


def _number(connection: sa.Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        op.execute("PRAGMA defer_foreign_keys = ON")
    else:
        op.drop_constraint("fk_run_words_seq", "run_words")
    numbers = _numbers(connection)
    for name in ("runs", "run_words"):
        table = sa.table(name, sa.column("seq"))
        moved = sa.update(table).where(table.c.seq == sa.bindparam("old")).values(seq=sa.bindparam("new"))
        for at in range(0, len(numbers), AT_ONCE):
            connection.execute(moved, numbers[at : at + AT_ONCE])
    if not is_sqlite:
        op.create_foreign_key("fk_run_words_seq", "run_words", "runs", ["seq"], ["seq"], ondelete="CASCADE")


def _numbers(connection: sa.Connection) -> list[dict[str, int]]:
    """Return which number takes the place of which; those that began in the same microsecond keep their order."""
    runs = sa.table("runs", sa.column("seq"), sa.column("created_at", UtcTime))
    rows = connection.execute(sa.select(runs.c.seq, runs.c.created_at).order_by(runs.c.created_at, runs.c.seq)).all()
    numbers, last = [], -1
    for seq, created_at in rows:
        last = max(first_seq(created_at), last + 1)
        numbers.append({"old": seq, "new": last})
    return numbers

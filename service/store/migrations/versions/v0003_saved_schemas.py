"""Schemas saved by name, in versions; and by which schema a run was asked, to find all answers of one."""

import json

import sqlalchemy as sa
from alembic import op

from service.store.schema_hash import format_hash

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0003"
down_revision = "0002"

KEY = sa.String(32)
OWNER = sa.String(200)
TIME = sa.DateTime(timezone=True)
AT_ONCE = 500


def upgrade() -> None:
    """Make the tables, and note of the runs that are there by which schema they were asked."""
    _make_saved_schemas()
    _make_versions()
    op.add_column("runs", sa.Column("schema_hash", KEY))
    _fill_hashes(op.get_bind())
    _index_hashes()


def _make_saved_schemas() -> None:
    op.create_table(
        "saved_schemas",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner", OWNER, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("name_words", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("deleted_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_saved_schemas"),
    )
    is_there = sa.text("deleted_at IS NULL")
    op.create_index(
        "ix_saved_schemas_name",
        "saved_schemas",
        ["owner", "name_key"],
        unique=True,
        sqlite_where=is_there,
        postgresql_where=is_there,
    )
    op.create_index("ix_saved_schemas_deleted_at", "saved_schemas", ["deleted_at"])


def _make_versions() -> None:
    op.create_table(
        "schema_versions",
        sa.Column("schema_id", KEY, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("owner", OWNER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("schema_hash", KEY, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("schema_id", "number", name="pk_schema_versions"),
        sa.ForeignKeyConstraint(
            ["schema_id"], ["saved_schemas.id"], name="fk_schema_versions_schema_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_schema_versions_owner_schema_hash", "schema_versions", ["owner", "schema_hash"])


def _index_hashes() -> None:
    """Let the index alone tell how often a schema is used; runs without one are not in it."""
    columns = ["owner", "schema_hash", "deleted_at", "seq", "conversation_id", "created_at"]
    has_schema = sa.text("schema_hash IS NOT NULL")
    op.create_index("ix_runs_schema", "runs", columns, sqlite_where=has_schema, postgresql_where=has_schema)


def _fill_hashes(connection: sa.Connection) -> None:
    runs = sa.table("runs", sa.column("seq"), sa.column("request"), sa.column("schema_hash"))
    found = sa.update(runs).where(runs.c.seq == sa.bindparam("run_seq")).values(schema_hash=sa.bindparam("known_by"))
    with_schema = sa.select(runs.c.seq, runs.c.request).where(runs.c.request.like('%"json_schema"%'))
    last = -1
    while rows := connection.execute(with_schema.where(runs.c.seq > last).order_by(runs.c.seq).limit(AT_ONCE)).all():
        hashes = [{"run_seq": seq, "known_by": _hash_in(request)} for seq, request in rows]
        connection.execute(found, hashes)
        last = rows[-1].seq


def _hash_in(request: str) -> str | None:
    known_by: str | None = format_hash(json.loads(request).get("response_format"))
    return known_by

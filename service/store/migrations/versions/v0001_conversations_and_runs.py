"""Conversations, messages, runs, what was sent, and the search index."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0001"
down_revision = None

KEY = sa.String(32)
OWNER = sa.String(200)
TIME = sa.DateTime(timezone=True)
IN_ORDER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make everything."""
    _make_processes_and_conversations()
    _make_prompts()
    _make_runs()
    _make_messages()
    _make_search()


def _make_processes_and_conversations() -> None:
    op.create_table(
        "processes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("heartbeat_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner", OWNER, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("title_words", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("deleted_at", TIME),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("leaf_id", KEY),
        sa.Column("settings", sa.Text),
        sa.Column("draft", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index(
        "ix_conversations_owner_deleted_at_updated_at_id",
        "conversations",
        ["owner", "deleted_at", "updated_at", "id"],
    )
    op.create_index("ix_conversations_deleted_at", "conversations", ["deleted_at"])


def _make_prompts() -> None:
    op.create_table(
        "prompts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner", OWNER, nullable=False),
        sa.Column("parent_id", KEY),
        sa.Column("message", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prompts"),
        sa.ForeignKeyConstraint(["parent_id"], ["prompts.id"], name="fk_prompts_parent_id"),
    )
    op.create_index("ix_prompts_owner", "prompts", ["owner"])
    op.create_index("ix_prompts_parent_id", "prompts", ["parent_id"])


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("seq", IN_ORDER, nullable=False, autoincrement=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner", OWNER, nullable=False),
        sa.Column("conversation_id", KEY),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("process_id", KEY),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("deleted_at", TIME),
        sa.Column("requested_model", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("provider", sa.Text),
        sa.Column("verdict", sa.String(20)),
        sa.Column("error_class", sa.String(60)),
        sa.Column("prompt_tokens", sa.BigInteger),
        sa.Column("completion_tokens", sa.BigInteger),
        sa.Column("reasoning_tokens", sa.BigInteger),
        sa.Column("cached_tokens", sa.BigInteger),
        sa.Column("cost", sa.BigInteger),
        sa.Column("queued_seconds", sa.Double),
        sa.Column("first_token_seconds", sa.Double),
        sa.Column("total_seconds", sa.Double),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("prompt_id", KEY),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reasoning", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_runs"),
        sa.UniqueConstraint("id", name="uq_runs_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_runs_conversation_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name="fk_runs_prompt_id"),
    )
    for columns in (
        ["owner", "seq"],
        ["owner", "created_at"],
        ["owner", "requested_model", "seq"],
        ["owner", "state", "seq"],
        ["owner", "verdict", "seq"],
        ["conversation_id"],
        ["prompt_id"],
    ):
        op.create_index(f"ix_runs_{'_'.join(columns)}", "runs", columns)
    not_ended = sa.text("ended_at IS NULL")
    op.create_index("ix_runs_live", "runs", ["process_id"], sqlite_where=not_ended, postgresql_where=not_ended)


def _make_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner", OWNER, nullable=False),
        sa.Column("conversation_id", KEY, nullable=False),
        sa.Column("parent_id", KEY),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("run_id", KEY),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("content", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["messages.id"], name="fk_messages_parent_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_messages_run_id", ondelete="SET NULL"),
    )
    op.create_index("ix_messages_conversation_id_number", "messages", ["conversation_id", "number"])
    op.create_index("ix_messages_parent_id", "messages", ["parent_id"])
    op.create_index("ix_messages_run_id", "messages", ["run_id"])


def _make_search() -> None:
    """Index the words: by FTS5 over the table, kept in step by triggers, or by GIN."""
    op.create_table(
        "run_words",
        sa.Column("seq", IN_ORDER, nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_run_words"),
        sa.ForeignKeyConstraint(["seq"], ["runs.seq"], name="fk_run_words_seq", ondelete="CASCADE"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_run_words_words", "run_words", ["words"], postgresql_using="gin")
    else:
        for statement in _FTS5:
            op.execute(statement)


# The words come folded: the tokenizer only has to part them at blanks. Which word stands where is not needed.
_FTS5 = (
    """
    CREATE VIRTUAL TABLE run_index USING fts5(
        words, content='run_words', content_rowid='seq', tokenize='ascii', detail=none, columnsize=0
    )
    """,
    """
    CREATE TRIGGER run_words_added AFTER INSERT ON run_words BEGIN
        INSERT INTO run_index(rowid, words) VALUES (new.seq, new.words);
    END
    """,
    """
    CREATE TRIGGER run_words_removed AFTER DELETE ON run_words BEGIN
        INSERT INTO run_index(run_index, rowid, words) VALUES ('delete', old.seq, old.words);
    END
    """,
    """
    CREATE TRIGGER run_words_changed AFTER UPDATE ON run_words BEGIN
        INSERT INTO run_index(run_index, rowid, words) VALUES ('delete', old.seq, old.words);
        INSERT INTO run_index(rowid, words) VALUES (new.seq, new.words);
    END
    """,
)

"""What an owner chose last, beside any conversation; and the beginning of what a run was asked, for lists."""

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and the column."""
    op.add_column("runs", sa.Column("headline", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "preferences",
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Text),
        sa.PrimaryKeyConstraint("owner", "name", name="pk_preferences"),
    )

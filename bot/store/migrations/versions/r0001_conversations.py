"""Conversations, their events, and feedback: the tables as they were before there were revisions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the three tables of the conversation log."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("key_hash", sa.String(64)),
        sa.Column("customer_id", sa.String(64), index=True),
    )
    op.create_table(
        "conversation_events",
        _of_conversation(primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("message_id", sa.String(64), index=True),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("message_id", sa.String(64), primary_key=True),
        _of_conversation(nullable=False, index=True),
        sa.Column("rating", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text),
    )


def _of_conversation(**options: Any) -> sa.Column[str]:
    key = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    return sa.Column("conversation_id", sa.String(64), key, **options)

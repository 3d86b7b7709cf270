"""Keep clients, what they were granted and what people consented to; let a session end with the one it came of."""

import sqlalchemy as sa
from alembic import op

from doorward.adapters.sql.migrations.online import create_index

revision = "0003"
down_revision = "0002"
serves_since = "0001"


def upgrade() -> None:
    """Add tables, and a column that may be left out: programs of revision 0001 never look at them."""
    _parents()
    _clients()
    _grants()
    _consents()


def _parents() -> None:
    # On PostgreSQL the column is there when the index has to be built another time.
    again = True if op.get_bind().dialect.name == "postgresql" else None
    op.add_column("dw_sessions", sa.Column("parent_id", sa.Text(), nullable=True), if_not_exists=again)
    create_index("ix_dw_sessions_parent_id", "dw_sessions", ["parent_id"], where=sa.text("parent_id IS NOT NULL"))


def _clients() -> None:
    op.create_table(
        "dw_clients",
        sa.Column("id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dw_clients"),
    )


def _grants() -> None:
    op.create_table(
        "dw_grants",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_dw_grants"),
    )
    for column in ("client_id", "account_id", "expires_at"):
        op.create_index(f"ix_dw_grants_{column}", "dw_grants", [column])


def _consents() -> None:
    op.create_table(
        "dw_consents",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "client_id", name="pk_dw_consents"),
    )
    op.create_index("ix_dw_consents_client_id", "dw_consents", ["client_id"])

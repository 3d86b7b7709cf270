"""Keep whom other providers vouch for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
serves_since = "0001"


def upgrade() -> None:
    """Create the table of identities: programs of the revisions before never look at it."""
    by_bytes = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "dw_identities",
        sa.Column("issuer", by_bytes, nullable=False),
        sa.Column("subject", by_bytes, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_dw_identities"),
    )
    op.create_index("ix_dw_identities_account_id", "dw_identities", ["account_id"])

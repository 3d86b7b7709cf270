"""Keep how somebody signed in, and when an account changed last."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
serves_since = "0001"


def upgrade() -> None:
    """Add columns that may be left out: programs of the revisions before neither read nor write them."""
    op.add_column("dw_sessions", sa.Column("acr", sa.Text(), nullable=True))
    op.add_column("dw_sessions", sa.Column("amr", sa.Text(), nullable=True))
    op.add_column("dw_accounts", sa.Column("updated_at", sa.BigInteger(), nullable=True))

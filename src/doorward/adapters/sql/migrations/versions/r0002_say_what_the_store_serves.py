"""Say which programs the store serves, and keep what is about the store itself."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
serves_since = "0001"


def upgrade() -> None:
    """Create the table of what is about the store itself: programs of revision 0001 never look at it."""
    meta = op.create_table(
        "dw_meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_dw_meta"),
    )
    op.bulk_insert(
        meta,
        [{"key": "serves_since", "value": serves_since}, {"key": "refresh_epoch", "value": "0"}],
    )

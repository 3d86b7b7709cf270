"""Keep which request made a job necessary, and its span."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
serves_since = "0001"


def upgrade() -> None:
    """Add columns that may be left out: programs of the revisions before neither read nor write them."""
    op.add_column("dw_jobs", sa.Column("request_id", sa.Text(), nullable=True))
    op.add_column("dw_jobs", sa.Column("traceparent", sa.Text(), nullable=True))

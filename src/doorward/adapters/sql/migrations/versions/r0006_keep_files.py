"""Keep what people give: files, uploads on their way, and how much each account has."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
serves_since = "0001"


def upgrade() -> None:
    """Create tables: programs of the revisions before never look at them."""
    _files()
    _uploads()
    op.create_table(
        "dw_quotas",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_dw_quotas"),
    )


def _files() -> None:
    op.create_table(
        "dw_file_records",
        _ordered("id"),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        _ordered("key"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("avatar_of", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dw_file_records"),
        sa.UniqueConstraint("key", name="uq_dw_file_records_key"),
        sa.UniqueConstraint("avatar_of", name="uq_dw_file_records_avatar_of"),
    )
    op.create_index("ix_dw_file_records_account_id_id", "dw_file_records", ["account_id", "id"])


def _uploads() -> None:
    op.create_table(
        "dw_uploads",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dw_uploads"),
    )
    for column in ("account_id", "expires_at"):
        op.create_index(f"ix_dw_uploads_{column}", "dw_uploads", [column])
    op.create_table(
        "dw_upload_parts",
        _ordered("key"),
        sa.Column("upload_id", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_dw_upload_parts"),
    )
    op.create_index("ix_dw_upload_parts_upload_id", "dw_upload_parts", ["upload_id"])


def _ordered(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)

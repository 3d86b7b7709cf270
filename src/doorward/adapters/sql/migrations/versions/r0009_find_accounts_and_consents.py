"""Find accounts by what their names begin with, and who allowed a client what."""

import sqlalchemy as sa
from alembic import op

from doorward.adapters.sql.migrations.online import create_index, drop_index

revision = "0009"
down_revision = "0008"
serves_since = "0001"

_BY_BYTES = 'COLLATE "C"'


def upgrade() -> None:
    """Change indexes: programs of the revisions before neither need nor notice it.

    SQLite keeps text in the order of its bytes, so the keys' own indexes serve there.
    """
    create_index("ix_dw_consents_client_id_account_id", "dw_consents", ["client_id", "account_id"])
    drop_index("ix_dw_consents_client_id", "dw_consents")
    if op.get_bind().dialect.name == "postgresql":
        for key in ("username_key", "email_key"):
            create_index(f"ix_dw_accounts_{key}_beginning", "dw_accounts", [sa.text(f"{key} {_BY_BYTES}")])

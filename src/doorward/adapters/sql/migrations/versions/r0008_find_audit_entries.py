"""Find what stands in the audit log, and whose password works no more."""

import sqlalchemy as sa

from doorward.adapters.sql.migrations.online import create_index

revision = "0008"
down_revision = "0007"
serves_since = "0001"


def upgrade() -> None:
    """Create indexes: programs of the revisions before neither need nor notice them."""
    create_index("ix_dw_audit_at_sequence", "dw_audit", ["at", "sequence"])
    create_index("ix_dw_audit_kind_at_sequence", "dw_audit", ["kind", "at", "sequence"])
    create_index("ix_dw_audit_account_id_at_sequence", "dw_audit", ["account_id", "at", "sequence"])
    create_index("ix_dw_audit_account_id_kind_at_sequence", "dw_audit", ["account_id", "kind", "at", "sequence"])
    for column in ("actor_id", "address_tag"):
        is_there = sa.text(f"{column} IS NOT NULL")
        create_index(f"ix_dw_audit_{column}_at_sequence", "dw_audit", [column, "at", "sequence"], where=is_there)
    create_index("ix_dw_attempts_at_ceiling", "dw_attempts", ["key"], where=sa.text("consecutive >= 100"))

"""Create everything."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables, and the end of an empty audit chain."""
    _accounts()
    _credentials()
    _sessions()
    _sign_ins()
    _onetimes()
    _jobs()
    _audit()
    _keys()


def _accounts() -> None:
    op.create_table(
        "dw_accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("username_key", sa.Text(), nullable=False),
        sa.Column("username_skeleton", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=False),
        sa.Column("delete_after", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dw_accounts"),
        sa.UniqueConstraint("email_key", name="uq_dw_accounts_email_key"),
        sa.UniqueConstraint("username_key", name="uq_dw_accounts_username_key"),
        sa.UniqueConstraint("username_skeleton", name="uq_dw_accounts_username_skeleton"),
    )
    op.create_index(
        "ix_dw_accounts_delete_after_id",
        "dw_accounts",
        ["delete_after", "id"],
        sqlite_where=sa.text("delete_after IS NOT NULL"),
        postgresql_where=sa.text("delete_after IS NOT NULL"),
    )
    op.create_table(
        "dw_claims",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("username_key", sa.Text(), nullable=False),
        sa.Column("username_skeleton", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("is_verified", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dw_claims"),
    )
    op.create_index("ix_dw_claims_created_at", "dw_claims", ["created_at"])
    op.create_index("ix_dw_claims_email_key_id", "dw_claims", ["email_key", "id"])
    op.create_index("ix_dw_claims_username_key_id", "dw_claims", ["username_key", "id"])


def _credentials() -> None:
    op.create_table(
        "dw_passwords",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_dw_passwords"),
    )
    op.create_table(
        "dw_roles",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "role", name="pk_dw_roles"),
    )
    op.create_index("ix_dw_roles_role", "dw_roles", ["role"])


def _sessions() -> None:
    op.create_table(
        "dw_sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("device_name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("authenticated_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("idle_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=True),
        sa.Column("superseded_digest", sa.LargeBinary(), nullable=True),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed_successor", sa.LargeBinary(), nullable=True),
        sa.Column("replays", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("gone_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dw_sessions"),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_dw_sessions_account_id", "dw_sessions", ["account_id"])
    op.create_index("ix_dw_sessions_gone_day", "dw_sessions", ["gone_day"])


def _sign_ins() -> None:
    op.create_table(
        "dw_attempts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lanes", sa.Text(), nullable=False),
        sa.Column("consecutive", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_dw_attempts"),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_dw_attempts_touched_at", "dw_attempts", ["touched_at"])
    op.create_table(
        "dw_devices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dw_devices"),
    )
    op.create_index("ix_dw_devices_account_id", "dw_devices", ["account_id"])
    op.create_index("ix_dw_devices_expires_at", "dw_devices", ["expires_at"])


def _onetimes() -> None:
    op.create_table(
        "dw_onetimes",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_dw_onetimes"),
    )
    op.create_index(
        "ix_dw_onetimes_address_key_purpose",
        "dw_onetimes",
        ["address_key", "purpose"],
        unique=True,
        sqlite_where=sa.text("address_key IS NOT NULL"),
        postgresql_where=sa.text("address_key IS NOT NULL"),
    )
    op.create_index("ix_dw_onetimes_expires_at", "dw_onetimes", ["expires_at"])
    op.create_index("ix_dw_onetimes_subject", "dw_onetimes", ["subject"])


def _jobs() -> None:
    op.create_table(
        "dw_jobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("run_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dw_jobs"),
        sa.UniqueConstraint("dedupe_key", name="uq_dw_jobs_dedupe_key"),
    )
    op.create_index("ix_dw_jobs_state_run_at_id", "dw_jobs", ["state", "run_at", "id"])


def _audit() -> None:
    op.create_table(
        "dw_audit",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("address_tag", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_dw_audit"),
    )
    op.create_index("ix_dw_audit_account_id_sequence", "dw_audit", ["account_id", "sequence"])
    op.create_table(
        "dw_audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dw_audit_head"),
        postgresql_with={"fillfactor": 70},
    )
    op.create_table(
        "dw_address_keys",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("destroy_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_dw_address_keys"),
    )
    op.create_index("ix_dw_address_keys_destroy_at", "dw_address_keys", ["destroy_at"])
    head = sa.table("dw_audit_head", sa.column("id"), sa.column("sequence"), sa.column("link"))
    op.execute(head.insert().values(id=1, sequence=0, link=bytes(32)))


def _keys() -> None:
    op.create_table(
        "dw_signing_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("sealed_private", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("signs_from", sa.BigInteger(), nullable=False),
        sa.Column("signs_until", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dw_signing_keys"),
    )

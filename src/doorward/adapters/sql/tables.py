"""The tables. A moment is a number of microseconds since 1970 in UTC, a mapping is JSON, a digest is bytes.

What only PostgreSQL is told (that a page keeps room for updates, and again which rows a partial index is of) stands in
the revisions alone: said here, it would load that dialect for a store in a file too.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

PREFIX: Final = "dw_"
"""What every table's name begins with, so that a database can be shared."""


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable, primary_key=primary_key)


def _ordered_text(name: str, *, primary_key: bool = False) -> Column[str]:
    """Return a column whose values every database puts in the same order, that of their code points."""
    return Column(name, Text().with_variant(Text(collation="C"), "postgresql"), nullable=False, primary_key=primary_key)


def _moment(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _bytes(name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable, primary_key=primary_key)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


accounts: Final = Table(
    "dw_accounts",
    METADATA,
    _text("id", primary_key=True),
    _text("username"),
    _text("username_key"),
    _text("username_skeleton"),
    _text("email"),
    _text("email_key"),
    _text("status"),
    _moment("created_at"),
    _moment("verified_at"),
    _moment("delete_after", nullable=True),
    _number("version"),
    _moment("updated_at", nullable=True),
    UniqueConstraint("username_key"),
    UniqueConstraint("username_skeleton"),
    UniqueConstraint("email_key"),
)
Index(
    None,
    accounts.c.delete_after,
    accounts.c.id,
    sqlite_where=accounts.c.delete_after.is_not(None),
)

claims: Final = Table(
    "dw_claims",
    METADATA,
    _text("id", primary_key=True),
    _text("username"),
    _text("username_key"),
    _text("username_skeleton"),
    _text("email"),
    _text("email_key"),
    _text("password_hash"),
    _moment("created_at"),
    _number("is_verified"),
    Index(None, "username_key", "id"),
    Index(None, "email_key", "id"),
    Index(None, "created_at"),
)

passwords: Final = Table(
    "dw_passwords",
    METADATA,
    _text("account_id", primary_key=True),
    _text("hash"),
    _moment("changed_at"),
)

roles: Final = Table(
    "dw_roles",
    METADATA,
    _text("account_id", primary_key=True),
    _text("role", primary_key=True),
    Index(None, "role"),
)

# `gone_day` is the day on which the session is certainly over. Unlike `idle_expires_at` it changes once a day at most,
# so the index that purging needs is not written with every rotation.
sessions: Final = Table(
    "dw_sessions",
    METADATA,
    _text("id", primary_key=True),
    _text("account_id"),
    _text("kind"),
    _text("device_name"),
    _text("place"),
    _text("scope"),
    _moment("created_at"),
    _moment("authenticated_at"),
    _moment("last_seen_at"),
    _moment("idle_expires_at"),
    _moment("expires_at"),
    _bytes("digest"),
    _number("generation"),
    _text("device_id", nullable=True),
    _bytes("superseded_digest", nullable=True),
    _moment("superseded_at", nullable=True),
    _bytes("sealed_successor", nullable=True),
    _number("replays"),
    _moment("ended_at", nullable=True),
    _text("end_reason", nullable=True),
    _number("gone_day"),
    _text("parent_id", nullable=True),
    _text("acr", nullable=True),
    _text("amr", nullable=True),
    Index(None, "account_id"),
    Index(None, "gone_day"),
)
Index(
    None,
    sessions.c.parent_id,
    sqlite_where=sessions.c.parent_id.is_not(None),
)

attempts: Final = Table(
    "dw_attempts",
    METADATA,
    _text("key", primary_key=True),
    _text("lanes"),
    _number("consecutive"),
    _number("version"),
    _moment("touched_at"),
    Index(None, "touched_at"),
)

devices: Final = Table(
    "dw_devices",
    METADATA,
    _text("id", primary_key=True),
    _text("account_id"),
    _text("name"),
    _moment("created_at"),
    _moment("expires_at"),
    Index(None, "account_id"),
    Index(None, "expires_at"),
)

onetimes: Final = Table(
    "dw_onetimes",
    METADATA,
    _bytes("digest", primary_key=True),
    _text("purpose"),
    _text("subject"),
    _moment("created_at"),
    _moment("expires_at"),
    _text("payload"),
    _text("address_key", nullable=True),
    _bytes("code_digest", nullable=True),
    _moment("code_expires_at", nullable=True),
    _number("tries"),
    Index(None, "subject"),
    Index(None, "expires_at"),
)
# One live code a purpose and address; the artefacts whose code was replaced have no address key any more.
one_code: Final = Index(
    None,
    onetimes.c.address_key,
    onetimes.c.purpose,
    unique=True,
    sqlite_where=onetimes.c.address_key.is_not(None),
)

jobs: Final = Table(
    "dw_jobs",
    METADATA,
    _text("id", primary_key=True),
    _text("name"),
    _bytes("sealed_payload"),
    _moment("created_at"),
    _moment("run_at"),
    _text("state"),
    _number("attempts"),
    _moment("leased_until", nullable=True),
    _text("dedupe_key", nullable=True),
    _text("last_error", nullable=True),
    _text("request_id", nullable=True),
    _text("traceparent", nullable=True),
    UniqueConstraint("dedupe_key"),
    Index(None, "state", "run_at", "id"),
)

audit: Final = Table(
    "dw_audit",
    METADATA,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    _moment("at"),
    _text("kind"),
    _text("account_id", nullable=True),
    _text("actor_id", nullable=True),
    _text("session_id", nullable=True),
    _text("address_tag", nullable=True),
    _text("detail"),
    _bytes("link"),
    Index(None, "account_id", "sequence"),
)

audit_head: Final = Table(
    "dw_audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    _bytes("link"),
)

address_keys: Final = Table(
    "dw_address_keys",
    METADATA,
    _text("day", primary_key=True),
    _bytes("sealed_key"),
    _moment("destroy_at"),
    Index(None, "destroy_at"),
)

# Ordered by bytes on every server, whatever the language of its database.
_BY_BYTES: Final = Text().with_variant(Text(collation="C"), "postgresql")

identities: Final = Table(
    "dw_identities",
    METADATA,
    Column("issuer", _BY_BYTES, primary_key=True, nullable=False),
    Column("subject", _BY_BYTES, primary_key=True, nullable=False),
    _text("account_id"),
    _text("provider_id"),
    _text("label"),
    _moment("linked_at"),
    Index(None, "account_id"),
)

# What is about the store itself: which programs it serves, how often it was restored, and a copy that is under way.
meta: Final = Table(
    "dw_meta",
    METADATA,
    _text("key", primary_key=True),
    _text("value"),
)

signing_keys: Final = Table(
    "dw_signing_keys",
    METADATA,
    _text("id", primary_key=True),
    _text("algorithm"),
    _text("public_jwk"),
    _bytes("sealed_private"),
    _moment("created_at"),
    _moment("signs_from"),
    _moment("signs_until"),
    _moment("ends_at"),
)

# A document holds the whole record; what stands beside it is what the record is found and listed by.
clients: Final = Table(
    "dw_clients",
    METADATA,
    _ordered_text("id", primary_key=True),
    _text("name"),
    _text("document"),
    _moment("created_at"),
    _moment("disabled_at", nullable=True),
    _number("version"),
)

grants: Final = Table(
    "dw_grants",
    METADATA,
    _text("session_id", primary_key=True),
    _text("client_id"),
    _text("account_id"),
    _moment("created_at"),
    _moment("expires_at"),
    _text("document"),
    Index(None, "client_id"),
    Index(None, "account_id"),
    Index(None, "expires_at"),
)

consents: Final = Table(
    "dw_consents",
    METADATA,
    _text("account_id", primary_key=True),
    _text("client_id", primary_key=True),
    _text("scope"),
    _moment("granted_at"),
    Index(None, "client_id"),
)

"""The collections, one a table of the SQL stores, with the same columns and the same values.

A moment is a number of microseconds since 1970 in UTC, a mapping is JSON, a digest is bytes. Beside its columns each
document has `_id`, its primary key as text or number; `n`, the number of the turn that wrote it last; and `written_at`,
when that was by the server's own clock, as a BSON date. A removed document stays for a week as `{_id, n, gone_at}`, so
that a write which comes too late finds it newer and does not bring it back.

What has had its time is removed by the worker. Where nothing in a collection may outlive its last write for long, the
server removes it as well, far later, in case no worker runs: a TTL index over `written_at` counts by the server's clock
alone, so that a process whose clock is wrong loses nothing.
"""

from datetime import timedelta
from typing import Final

from doorward.adapters.mongo.engine.table import Index, Table

PREFIX: Final = "dw_"
"""What every collection's name begins with, so that a database can be shared."""


def _unique(*columns: str) -> Index:
    return Index(columns, is_unique=True)


accounts: Final = Table(
    "dw_accounts",
    (
        "id",
        "username",
        "username_key",
        "username_skeleton",
        "email",
        "email_key",
        "status",
        "created_at",
        "verified_at",
        "delete_after",
        "version",
        "updated_at",
    ),
    ("id",),
    (
        _unique("username_key"),
        _unique("username_skeleton"),
        _unique("email_key"),
        Index(("delete_after",)),
    ),
    later=frozenset({"updated_at"}),
)

claims: Final = Table(
    "dw_claims",
    (
        "id",
        "username",
        "username_key",
        "username_skeleton",
        "email",
        "email_key",
        "password_hash",
        "created_at",
        "is_verified",
    ),
    ("id",),
    (Index(("username_key",)), Index(("email_key",)), Index(("created_at",))),
    timedelta(days=60),
)

passwords: Final = Table("dw_passwords", ("account_id", "hash", "changed_at"), ("account_id",))

roles: Final = Table(
    "dw_roles", ("account_id", "role"), ("account_id", "role"), (Index(("account_id",)), Index(("role",)))
)

sessions: Final = Table(
    "dw_sessions",
    (
        "id",
        "account_id",
        "kind",
        "device_name",
        "place",
        "scope",
        "created_at",
        "authenticated_at",
        "last_seen_at",
        "idle_expires_at",
        "expires_at",
        "digest",
        "generation",
        "device_id",
        "superseded_digest",
        "superseded_at",
        "sealed_successor",
        "replays",
        "ended_at",
        "end_reason",
        "gone_day",
        "parent_id",
        "acr",
        "amr",
    ),
    ("id",),
    (Index(("account_id",)), Index(("gone_day",)), Index(("parent_id",))),
    timedelta(days=180),
    later=frozenset({"parent_id", "acr", "amr"}),
)

attempts: Final = Table(
    "dw_attempts",
    ("key", "lanes", "consecutive", "version", "touched_at"),
    ("key",),
    (Index(("touched_at",)),),
)

devices: Final = Table(
    "dw_devices",
    ("id", "account_id", "name", "created_at", "expires_at"),
    ("id",),
    (Index(("account_id",)), Index(("expires_at",))),
)

onetimes: Final = Table(
    "dw_onetimes",
    (
        "digest",
        "purpose",
        "subject",
        "created_at",
        "expires_at",
        "payload",
        "address_key",
        "code_digest",
        "code_expires_at",
        "tries",
    ),
    ("digest",),
    (_unique("address_key", "purpose"), Index(("subject",)), Index(("expires_at",))),
    timedelta(days=60),
)

jobs: Final = Table(
    "dw_jobs",
    (
        "id",
        "name",
        "sealed_payload",
        "created_at",
        "run_at",
        "state",
        "attempts",
        "leased_until",
        "dedupe_key",
        "last_error",
        "request_id",
        "traceparent",
    ),
    ("id",),
    (_unique("dedupe_key"), Index(("state", "run_at"))),
)

audit: Final = Table(
    "dw_audit",
    ("sequence", "at", "kind", "account_id", "actor_id", "session_id", "address_tag", "detail", "link"),
    ("sequence",),
    (Index(("account_id", "sequence")),),
)

audit_head: Final = Table("dw_audit_head", ("id", "sequence", "link"), ("id",))

address_keys: Final = Table("dw_address_keys", ("day", "sealed_key", "destroy_at"), ("day",), (Index(("destroy_at",)),))

signing_keys: Final = Table(
    "dw_signing_keys",
    (
        "id",
        "algorithm",
        "public_jwk",
        "sealed_private",
        "created_at",
        "signs_from",
        "signs_until",
        "ends_at",
    ),
    ("id",),
)

clients: Final = Table("dw_clients", ("id", "name", "document", "created_at", "disabled_at", "version"), ("id",))

grants: Final = Table(
    "dw_grants",
    ("session_id", "client_id", "account_id", "created_at", "expires_at", "document"),
    ("session_id",),
    (Index(("client_id",)), Index(("account_id",)), Index(("expires_at",))),
)

consents: Final = Table(
    "dw_consents",
    ("account_id", "client_id", "scope", "granted_at"),
    ("account_id", "client_id"),
    (Index(("account_id",)), Index(("client_id",))),
)

identities: Final = Table(
    "dw_identities",
    ("issuer", "subject", "account_id", "provider_id", "label", "linked_at"),
    ("issuer", "subject"),
    (Index(("account_id",)),),
)

meta: Final = Table("dw_meta", ("key", "value"), ("key",))

TABLES: Final = (
    accounts,
    claims,
    passwords,
    roles,
    sessions,
    attempts,
    devices,
    onetimes,
    jobs,
    audit,
    audit_head,
    address_keys,
    signing_keys,
    clients,
    grants,
    consents,
    identities,
    meta,
)

"""What stores of earlier revisions hold: a row of each table, as programs of that time wrote it."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import MetaData, insert

from doorward.adapters.sql.engine.open import open_database

Row = Mapping[str, str | int | bytes | None]

_AT: Final = 1_767_225_600_000_000  # 2026-01-01
_HOUR: Final = 3_600_000_000
ADA: Final = f"{1:026}"
GRACE: Final = f"{2:026}"
_LINK: Final = bytes.fromhex("0f5e4af53c7d0b2c1e9ddc5f8b8c3b7a0b8b6c40e6d4ab1ab6e3bd9bb4f1a0c3")

ROWS_OF_0001: Final[Mapping[str, Row]] = {
    "dw_accounts": {
        "id": ADA,
        "username": "Ada",
        "username_key": "ada",
        "username_skeleton": "ada",
        "email": "Ada@mail.example",
        "email_key": "ada@mail.example",
        "status": "active",
        "created_at": _AT,
        "verified_at": _AT + 1,
        "delete_after": None,
        "version": 3,
    },
    "dw_claims": {
        "id": GRACE,
        "username": "grace",
        "username_key": "grace",
        "username_skeleton": "grace",
        "email": "grace@mail.example",
        "email_key": "grace@mail.example",
        "password_hash": "$argon2id$of-grace",
        "created_at": _AT,
        "is_verified": 0,
    },
    "dw_passwords": {"account_id": ADA, "hash": "$argon2id$of-ada", "changed_at": _AT},
    "dw_roles": {"account_id": ADA, "role": "operator"},
    "dw_sessions": {
        "id": ADA,
        "account_id": ADA,
        "kind": "web",
        "device_name": "Firefox on Linux",
        "place": "somewhere",
        "scope": "account",
        "created_at": _AT,
        "authenticated_at": _AT,
        "last_seen_at": _AT,
        "idle_expires_at": _AT + _HOUR,
        "expires_at": _AT + 2 * _HOUR,
        "digest": bytes(32),
        "generation": 7,
        "device_id": GRACE,
        "superseded_digest": b"before",
        "superseded_at": _AT,
        "sealed_successor": b"sealed",
        "replays": 2,
        "ended_at": None,
        "end_reason": None,
        "gone_day": 20_454,
    },
    "dw_attempts": {"key": "someone", "lanes": "{}", "consecutive": 4, "version": 1, "touched_at": _AT},
    "dw_devices": {
        "id": GRACE,
        "account_id": ADA,
        "name": "Firefox on Linux",
        "created_at": _AT,
        "expires_at": _AT + _HOUR,
    },
    "dw_onetimes": {
        "digest": bytes(32),
        "purpose": "reset_password",
        "subject": ADA,
        "created_at": _AT,
        "expires_at": _AT + _HOUR,
        "payload": '{"why":"asked"}',
        "address_key": None,
        "code_digest": None,
        "code_expires_at": None,
        "tries": 0,
    },
    "dw_jobs": {
        "id": ADA,
        "name": "send_letter.v1",
        "sealed_payload": b"sealed",
        "created_at": _AT,
        "run_at": _AT,
        "state": "ready",
        "attempts": 1,
        "leased_until": None,
        "dedupe_key": "once",
        "last_error": "the mail server is away",
    },
    "dw_audit": {
        "sequence": 1,
        "at": _AT,
        "kind": "account.added",
        "account_id": ADA,
        "actor_id": None,
        "session_id": None,
        "address_tag": "tag",
        "detail": "{}",
        "link": _LINK,
    },
    "dw_address_keys": {"day": "2026-01-01", "sealed_key": b"sealed", "destroy_at": _AT + 31 * 24 * _HOUR},
    "dw_signing_keys": {
        "id": ADA,
        "algorithm": "ES256",
        "public_jwk": "{}",
        "sealed_private": b"sealed",
        "created_at": _AT,
        "signs_from": _AT,
        "signs_until": _AT + _HOUR,
        "ends_at": _AT + 2 * _HOUR,
    },
}

ROWS_OF_0003: Final[Mapping[str, Row]] = {
    **ROWS_OF_0001,
    "dw_sessions": {**ROWS_OF_0001["dw_sessions"], "kind": "client", "parent_id": GRACE},
    "dw_clients": {
        "id": "reports",
        "name": "Reports",
        "document": (
            '{"id":"reports","name":"Reports","type":"web","authentication":"client_secret_basic",'
            '"created_at":"2026-01-01T00:00:00Z","grants":["authorization_code","refresh_token"],"scopes":["openid"],'
            '"redirect_uris":["https://app.example/signed-in"],'
            '"secrets":[{"digest":"_w==","created_at":"2026-01-01T00:00:00Z","expires_at":null}],'
            '"id_token_algorithm":"RS256","disabled_at":null,"version":2}'
        ),
        "created_at": _AT,
        "disabled_at": None,
        "version": 2,
    },
    "dw_grants": {
        "session_id": ADA,
        "client_id": "reports",
        "account_id": ADA,
        "created_at": _AT,
        "expires_at": _AT + 2 * _HOUR,
        "document": (
            f'{{"session_id":"{ADA}","client_id":"reports","account_id":"{ADA}","created_at":"2026-01-01T00:00:00Z",'
            '"expires_at":"2026-01-01T02:00:00Z","code_digest":"_w=="}'
        ),
    },
    "dw_consents": {"account_id": ADA, "client_id": "reports", "scope": "openid", "granted_at": _AT},
}

ROWS_OF_0004: Final[Mapping[str, Row]] = {
    **ROWS_OF_0003,
    "dw_identities": {
        "issuer": "https://id.example",
        "subject": "248289761001",
        "account_id": ADA,
        "provider_id": "elsewhere",
        "label": "ada@mail.example",
        "linked_at": _AT,
    },
}


ROWS_OF_0005: Final[Mapping[str, Row]] = {
    **ROWS_OF_0004,
    "dw_accounts": {**ROWS_OF_0004["dw_accounts"], "updated_at": _AT + _HOUR},
    "dw_sessions": {**ROWS_OF_0001["dw_sessions"], "parent_id": None, "acr": "urn:example:strong", "amr": "pwd otp"},
}


ROWS_OF_0007: Final[Mapping[str, Row]] = {
    **ROWS_OF_0005,
    "dw_jobs": {
        **ROWS_OF_0001["dw_jobs"],
        "request_id": "01a2b3c4d5e60718293a4b5c6d7e8f90",
        "traceparent": "00-01a2b3c4d5e60718293a4b5c6d7e8f90-0718293a4b5c6d7e-01",
    },
}


def fill(url: str, rows: Mapping[str, Row]) -> None:
    """Write rows into the tables behind a URL, whatever their revision."""
    with open_database(url).engine().begin() as connection:
        written = MetaData()
        written.reflect(connection)
        for table, row in rows.items():
            connection.execute(insert(written.tables[table]).values(**row))

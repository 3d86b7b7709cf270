"""Rows become sessions."""

from functools import lru_cache
from typing import Final

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Row
from doorward.adapters.sql.engine.values import moment, moment_or_none
from doorward.core.accounts.records import Status
from doorward.core.sessions.records import Authentication, EndReason, Kind, Profile, Session, Snapshot

SESSION_COLUMNS: Final = len(tables.sessions.columns)
_ACCOUNT_STATUS: Final = SESSION_COLUMNS + 4
_KINDS: Final = frozenset(kind.value for kind in Kind)
_REASONS: Final = frozenset(reason.value for reason in EndReason)


def is_known(row: Row) -> bool:
    """Tell whether this program knows sessions of the kind of a row; what a newer one brought is none to it."""
    return row[2] in _KINDS


def session_of(row: Row) -> Session:
    """Return the session of a row that begins with its columns."""
    return Session(
        id=row[0],
        account_id=row[1],
        kind=Kind(row[2]),
        device_name=row[3],
        place=row[4],
        scope=row[5],
        created_at=moment(row[6]),
        authenticated_at=moment(row[7]),
        last_seen_at=moment(row[8]),
        idle_expires_at=moment(row[9]),
        expires_at=moment(row[10]),
        digest=row[11],
        generation=row[12],
        device_id=row[13],
        superseded_digest=row[14],
        superseded_at=moment_or_none(row[15]),
        sealed_successor=row[16],
        replays=row[17],
        ended_at=moment_or_none(row[18]),
        end_reason=EndReason(row[19]) if row[19] in _REASONS else None,
        parent_id=row[21],
        authentication=_authentication(row[22], row[23]),
    )


def owner_of(row: Row) -> Profile:
    """Return whose session it is, of a row that goes on with the columns of the account, and the roles in one text."""
    account_id, username, email, created_at, _, updated_at, joined_roles = row[SESSION_COLUMNS:]
    return Profile(
        account_id,
        username,
        email,
        is_verified=True,
        roles=tuple(sorted(joined_roles.split(","))) if joined_roles else (),
        created_at=moment(created_at),
        updated_at=moment(updated_at),
    )


def snapshot_of(row: Row) -> Snapshot:
    """Return the snapshot of such a row."""
    return Snapshot(
        session_id=row[0],
        kind=Kind(row[2]),
        profile=owner_of(row),
        granted=row[5],
        created_at=moment(row[6]),
        authenticated_at=moment(row[7]),
        expires_at=moment(row[10]),
        is_live=row[18] is None and row[_ACCOUNT_STATUS] == Status.ACTIVE,
        authentication=_authentication(row[22], row[23]),
    )


@lru_cache
def _authentication(acr: str | None, amr: str | None) -> Authentication:
    return Authentication(acr, tuple(amr.split(" ")) if amr else ())

"""Sessions: one row each, updated in place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    LargeBinary,
    ScalarSelect,
    Text,
    Update,
    and_,
    any_,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection
from doorward.adapters.sql.engine.statement import Statement, Value, given, given_column, given_rows
from doorward.adapters.sql.engine.values import DAY_IN_MICROSECONDS, day, micros, micros_or_none
from doorward.adapters.sql.sessions.rows import is_known, owner_of, session_of, snapshot_of
from doorward.core.accounts.records import Status
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.sessions.ports import Sessions
from doorward.core.sessions.records import FIRST_PARTY, LIFETIMES, EndReason, Profile, Rotation, Session, Snapshot
from doorward.core.sessions.rules import BY_STRANGER, HISTORY

_S = tables.sessions.c
_A = tables.accounts.c
_R = tables.roles.c
_UPDATED_AT: ColumnElement[int] = func.coalesce(_A.updated_at, _A.verified_at)


def _roles(joined: Callable[..., ColumnElement[str]], account_id: ColumnElement[str]) -> ScalarSelect[str]:
    """Return the roles of an account in one text, by the function that a database has for that."""
    return select(joined(_R.role, literal_column("','"))).where(_R.account_id == account_id).scalar_subquery()


_BY_ID = Statement(select(tables.sessions).where(_S.id == given("id")))
_HELD = Statement(
    select(tables.sessions)
    .where(
        _S.id == given("id"),
        _S.ended_at.is_(None),
        _S.idle_expires_at > given("now"),
        _S.expires_at > given("now"),
    )
    .with_for_update(read=True)
)
_ADD = Statement(insert(tables.sessions))
_REPLACED = (
    update(tables.sessions)
    .where(
        _S.id == given("session_id"),
        _S.generation == given("expected_generation"),
        _S.replays == given("expected_replays"),
        _S.ended_at.is_(None),
    )
    .values(
        device_name=given("device_name"),
        place=given("place"),
        scope=given("scope"),
        authenticated_at=given("authenticated_at"),
        last_seen_at=given("last_seen_at"),
        idle_expires_at=given("idle_expires_at"),
        digest=given("digest"),
        generation=given("generation"),
        superseded_digest=given("superseded_digest"),
        superseded_at=given("superseded_at"),
        sealed_successor=given("sealed_successor"),
        replays=given("replays"),
    )
)
# SQLite writes the index of a column that is set, even to what it was: so the day is set only when it is another.
_REPLACE = Statement(_REPLACED)
_REPLACE_ON_ANOTHER_DAY = Statement(_REPLACED.values(gone_day=given("gone_day")))
_ENDED = {
    "ended_at": given("at"),
    "end_reason": given("reason"),
    "gone_day": case((_S.gone_day < given("day"), _S.gone_day), else_=given("day")),
}
_END = Statement(
    update(tables.sessions)
    .where(_S.id == given("session_id"), _S.ended_at.is_(None))
    .values(_ENDED)
    .returning(_S.account_id)
)
_END_CHILDREN = Statement(
    update(tables.sessions)
    .where(_S.parent_id == given("session_id"), _S.ended_at.is_(None))
    .values(_ENDED)
    .returning(_S.account_id)
)
_ADOPT = Statement(
    update(tables.sessions)
    .where(_S.parent_id == given("session_id"), _S.ended_at.is_(None))
    .values(parent_id=given("heir"))
    .returning(_S.account_id)
)
_END_ALL = Statement(
    update(tables.sessions)
    .where(
        _S.account_id == given("of_account"),
        _S.ended_at.is_(None),
        _S.idle_expires_at > given("at"),
        _S.expires_at > given("at"),
        _S.id != given("keep"),
    )
    .values(_ENDED)
)
_LIVE = (
    select(tables.sessions)
    .where(
        _S.account_id == given("account_id"),
        _S.ended_at.is_(None),
        _S.idle_expires_at > given("now"),
        _S.expires_at > given("now"),
    )
    .order_by(_S.last_seen_at.desc(), _S.id.desc())
)
_LIVE_OF = Statement(_LIVE)
_OF_A_PERSON = or_(*(_S.kind == kind.value for kind in sorted(FIRST_PARTY)))
_SIGNED_IN = Statement(_LIVE.where(_OF_A_PERSON).limit(given("limit")))
_ENDED_AT = Statement(select(_S.id).where(_S.account_id == given("account_id"), _S.ended_at == given("at")))
_WITH_ACCOUNT, _WITH_ACCOUNT_POSTGRESQL = (
    select(
        tables.sessions,
        _A.id,
        _A.username,
        _A.email,
        _A.created_at,
        _A.status,
        _UPDATED_AT,
        _roles(joined, _A.id),
    )
    .join(tables.accounts, _A.id == _S.account_id)
    .where(_S.id == given("id"))
    for joined in (func.group_concat, func.string_agg)
)
_READ_WITH_ACCOUNT = Statement(sqlite=_WITH_ACCOUNT, postgresql=lambda: _WITH_ACCOUNT_POSTGRESQL)
_OWNER: ColumnElement[str] = literal_column("dw_sessions.account_id")
_OF_ACCOUNT = (_A.id, _A.username, _A.email, _A.created_at, _A.status, _UPDATED_AT)
_ACTIVE = (_A.id == _S.account_id, _A.status == Status.ACTIVE.value)


def _rotated(asked: Callable[[str], ColumnElement[Value]]) -> Update:
    """Return what the rule `rotated_at_once` decides, of the values that are asked for by name.

    The day that purging looks at is left alone, so a rotation that would move it is declined.
    """
    idle_until = case((_S.expires_at < asked("idle_until"), _S.expires_at), else_=asked("idle_until"))
    is_same_device = and_(_S.account_id == asked("known_account"), _S.device_id == asked("known_device"))
    return (
        update(tables.sessions)
        .where(
            _S.id == asked("session_id"),
            _S.kind == asked("kind"),
            _S.generation == asked("expected_generation"),
            _S.digest == asked("expected_digest"),
            _S.ended_at.is_(None),
            _S.expires_at > asked("now"),
            _S.idle_expires_at > asked("now"),
            _S.gone_day == idle_until // DAY_IN_MICROSECONDS,
        )
        .values(
            generation=_S.generation + 1,
            digest=asked("digest"),
            superseded_digest=_S.digest,
            superseded_at=asked("now"),
            sealed_successor=asked("sealed_successor"),
            replays=_S.replays.op("<<")(1).op("&")(HISTORY).op("|")(case((is_same_device, 0), else_=BY_STRANGER)),
            last_seen_at=asked("now"),
            idle_expires_at=idle_until,
        )
    )


_ASKED = given_rows(
    "asked",
    session_id=Text,
    kind=Text,
    expected_generation=BigInteger,
    expected_digest=LargeBinary,
    digest=LargeBinary,
    sealed_successor=LargeBinary,
    known_account=Text,
    known_device=Text,
    now=BigInteger,
    idle_until=BigInteger,
)
_IS_ASKED = _S.id == any_(given_column("session_id", Text))  # so that no plan reads the whole table
# What somebody else has locked is left to a unit of work: no rotation waits for another, and none can wait in a circle.
_FREE = select(_S.id).where(_IS_ASKED).with_for_update(skip_locked=True, key_share=True).cte("free")
_ROTATE = Statement(
    # SQLite returns columns of the row alone, and what is asked about it; their table is left out unless it is spelled.
    sqlite=_rotated(given)
    .where(exists().where(*_ACTIVE))
    .returning(
        tables.sessions,
        *(select(column).where(_A.id == _OWNER).scalar_subquery() for column in _OF_ACCOUNT),
        _roles(func.group_concat, _OWNER),
    ),
    postgresql=lambda: (
        _rotated(_ASKED.c.__getitem__)
        .where(_IS_ASKED, _S.id == _FREE.c.id, *_ACTIVE)
        .returning(tables.sessions, *_OF_ACCOUNT, _roles(func.string_agg, _S.account_id))
    ),
)
_REMOVE_ALL = Statement(delete(tables.sessions).where(_S.account_id == given("account_id")))


def _is_over(sessions: FromClause) -> ColumnElement[bool]:
    moments = (sessions.c.ended_at, sessions.c.expires_at, sessions.c.idle_expires_at)
    return and_(sessions.c.gone_day <= given("day"), or_(*(moment < given("before") for moment in moments)))


_PARENTS = tables.sessions.alias("parents")
_PURGE = Statement(delete(tables.sessions).where(_is_over(tables.sessions)))
_PURGE_CHILDREN = Statement(
    delete(tables.sessions)
    .where(_S.parent_id.in_(select(_PARENTS.c.id).where(_is_over(_PARENTS))))
    .returning(_S.account_id)
)


@dataclass(frozen=True, slots=True)
class SqlSessions(Sessions):
    """Keeps sessions."""

    connection: Connection

    def by_id(self, session_id: SessionId) -> Session | None:
        row = self.connection.one(_BY_ID, id=session_id)
        return session_of(row) if row is not None and is_known(row) else None

    def held(self, session_id: SessionId, *, now: datetime) -> Session | None:
        # SQLite has one writer at a time and no clause for it; there this is a plain SELECT in the writer's turn.
        rows = self.connection.take(_HELD, id=session_id, now=micros(now))
        return session_of(rows[0]) if rows and is_known(rows[0]) else None

    def add(self, session: Session) -> None:
        self.connection.change(
            _ADD,
            id=session.id,
            account_id=session.account_id,
            kind=session.kind.value,
            device_name=session.device_name,
            place=session.place,
            scope=session.scope,
            created_at=micros(session.created_at),
            authenticated_at=micros(session.authenticated_at),
            last_seen_at=micros(session.last_seen_at),
            idle_expires_at=micros(session.idle_expires_at),
            expires_at=micros(session.expires_at),
            digest=session.digest,
            generation=session.generation,
            device_id=session.device_id,
            superseded_digest=session.superseded_digest,
            superseded_at=micros_or_none(session.superseded_at),
            sealed_successor=session.sealed_successor,
            replays=session.replays,
            ended_at=micros_or_none(session.ended_at),
            end_reason=session.end_reason.value if session.end_reason else None,
            gone_day=_gone_day(session),
            parent_id=session.parent_id,
            acr=session.authentication.acr,
            amr=" ".join(session.authentication.amr) or None,
        )

    def replace(self, session: Session, *, expected: Session) -> bool:
        self.connection.notes.accounts.add(session.account_id)
        gone_day = _gone_day(session)
        written = self.connection.change(
            _REPLACE if gone_day == _gone_day(expected) else _REPLACE_ON_ANOTHER_DAY,
            session_id=session.id,
            expected_generation=expected.generation,
            expected_replays=expected.replays,
            device_name=session.device_name,
            place=session.place,
            scope=session.scope,
            authenticated_at=micros(session.authenticated_at),
            last_seen_at=micros(session.last_seen_at),
            idle_expires_at=micros(session.idle_expires_at),
            digest=session.digest,
            generation=session.generation,
            superseded_digest=session.superseded_digest,
            superseded_at=micros_or_none(session.superseded_at),
            sealed_successor=session.sealed_successor,
            replays=session.replays,
            gone_day=gone_day,
        )
        return written == 1

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        """Do what `rotated_at_once` decides."""
        rows = self.connection.take_each(_ROTATE, [_asked(rotation) for rotation in rotations])
        by_successor = {(row[0], row[11]): (session_of(row), owner_of(row)) for row in rows}
        return [by_successor.get((rotation.session_id, rotation.successor_digest)) for rotation in rotations]

    def end(self, session_id: SessionId, *, at: datetime, reason: EndReason) -> bool:
        # The children come second: by then whoever was adding one while this session was held has added it.
        values: dict[str, Value] = {"session_id": session_id, "at": micros(at), "reason": reason.value, "day": day(at)}
        ended = self.connection.take(_END, **values)
        children = self.connection.take(_END_CHILDREN, **values) if ended else []
        self.connection.notes.accounts.update(row[0] for row in (*ended, *children))
        return bool(ended)

    def end_all(self, account_id: AccountId, *, at: datetime, reason: EndReason, keep: SessionId | None = None) -> int:
        self.connection.notes.accounts.add(account_id)
        values: dict[str, Value] = {"of_account": account_id, "at": micros(at), "reason": reason.value, "day": day(at)}
        total = 0
        # Again, until none is left: one may have been added while this waited for a session that was held.
        while ended := self.connection.change(_END_ALL, keep=keep or "", **values):
            total += ended
        return total

    def adopt(self, session_id: SessionId, *, by: SessionId) -> None:
        children = self.connection.take(_ADOPT, session_id=session_id, heir=by)
        self.connection.notes.accounts.update(row[0] for row in children)

    def live_of(self, account_id: AccountId, *, now: datetime) -> tuple[Session, ...]:
        rows = self.connection.all(_LIVE_OF, account_id=account_id, now=micros(now))
        return tuple(session_of(row) for row in rows if is_known(row))

    def signed_in(self, account_id: AccountId, *, now: datetime, limit: int) -> tuple[Session, ...]:
        rows = self.connection.all(_SIGNED_IN, account_id=account_id, now=micros(now), limit=limit)
        return tuple(session_of(row) for row in rows)

    def ended_at(self, account_id: AccountId, at: datetime) -> tuple[SessionId, ...]:
        rows = self.connection.all(_ENDED_AT, account_id=account_id, at=micros(at))
        return tuple(SessionId(row[0]) for row in rows)

    def snapshot(self, session_id: SessionId) -> Snapshot | None:
        row = self.connection.one(_READ_WITH_ACCOUNT, id=session_id)
        return snapshot_of(row) if row is not None and is_known(row) else None

    def with_snapshot(self, session_id: SessionId) -> tuple[Session, Snapshot] | None:
        row = self.connection.one(_READ_WITH_ACCOUNT, id=session_id)
        return (session_of(row), snapshot_of(row)) if row is not None and is_known(row) else None

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.notes.accounts.add(account_id)
        self.connection.change(_REMOVE_ALL, account_id=account_id)

    def purge(self, before: datetime) -> int:
        children = self.connection.take(_PURGE_CHILDREN, before=micros(before), day=day(before))
        self.connection.notes.accounts.update(row[0] for row in children)
        return len(children) + self.connection.change(_PURGE, before=micros(before), day=day(before))


def _asked(rotation: Rotation) -> dict[str, Value]:
    known = rotation.known_device
    return {
        "session_id": rotation.session_id,
        "kind": rotation.kind.value,
        "expected_generation": rotation.generation,
        "expected_digest": rotation.digest,
        "digest": rotation.successor_digest,
        "sealed_successor": rotation.sealed_successor,
        "known_account": known.account_id if known else None,
        "known_device": known.device_id if known else None,
        "now": micros(rotation.now),
        "idle_until": micros(rotation.now + LIFETIMES[rotation.kind].idle),
    }


def _gone_day(session: Session) -> int:
    return day(min(session.idle_expires_at, session.expires_at))

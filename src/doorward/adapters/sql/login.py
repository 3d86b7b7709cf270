"""Failed sign-ins, and known devices."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, tuple_, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, Value, given, insert_unless_taken
from doorward.adapters.sql.engine.values import micros, micros_or_none, moment, moment_or_none
from doorward.core.kernel.ids import AccountId, DeviceId
from doorward.core.login.ports import AttemptBook, Devices
from doorward.core.login.records import Attempts, Device, Lane

_T = tables.attempts.c
_D = tables.devices.c

_OF = Statement(select(tables.attempts).where(_T.key == given("key")))
_PUT_FIRST = insert_unless_taken(tables.attempts)
_PUT_NEXT = Statement(
    update(tables.attempts)
    .where(_T.key == given("of_key"), _T.version == given("expected_version"))
    .values(
        lanes=given("lanes"),
        consecutive=given("consecutive"),
        version=given("version"),
        touched_at=given("touched_at"),
    )
)
_FORGET = Statement(delete(tables.attempts).where(_T.key == given("key")))
_PURGE = Statement(delete(tables.attempts).where(_T.key.startswith("?"), _T.touched_at < given("before")))

_OF_ACCOUNT = ~_T.key.startswith("?")
_AHEAD = Statement(
    select(tables.attempts)
    .where(
        _OF_ACCOUNT,
        _T.touched_at > given("now"),
        tuple_(_T.touched_at, _T.key) < tuple_(given("before_at"), given("before_key")),
    )
    .order_by(_T.touched_at.desc(), _T.key.desc())
    .limit(given("limit"))
)
_AT_CEILING = Statement(
    select(tables.attempts)
    .where(_OF_ACCOUNT, tables.AT_CEILING, _T.key > given("after"))
    .order_by(_T.key)
    .limit(given("limit"))
)
_NEVER: Final = 1 << 62

_ADD_DEVICE = Statement(insert(tables.devices))
_KNOWN = Statement(
    select(_D.id).where(_D.id == given("id"), _D.account_id == given("account_id"), _D.expires_at > given("now"))
)
_FORGET_DEVICE = Statement(delete(tables.devices).where(_D.id == given("id"), _D.account_id == given("account_id")))
_FORGET_DEVICES = Statement(delete(tables.devices).where(_D.account_id == given("account_id")))
_PURGE_DEVICES = Statement(delete(tables.devices).where(_D.expires_at < given("before")))


@dataclass(frozen=True, slots=True)
class SqlAttempts(AttemptBook):
    """Keeps failed attempts."""

    connection: Connection

    def of(self, key: str) -> Attempts:
        row = self.connection.one(_OF, key=key)
        return Attempts(key) if row is None else _attempts(row)

    def put(self, attempts: Attempts, *, expected_version: int) -> bool:
        columns: dict[str, Value] = {
            "lanes": _text(attempts),
            "consecutive": attempts.consecutive,
            "version": expected_version + 1,
            "touched_at": _latest(attempts),
        }
        if expected_version == 0:
            return self.connection.change(_PUT_FIRST, key=attempts.key, **columns) == 1
        written = self.connection.change(_PUT_NEXT, of_key=attempts.key, expected_version=expected_version, **columns)
        return written == 1

    def forget(self, key: str) -> None:
        self.connection.change(_FORGET, key=key)

    def ahead(
        self, now: datetime, *, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> tuple[Attempts, ...]:
        before_at, before_key = (_NEVER, "") if before is None else (micros(before[0]), before[1])
        rows = self.connection.all(_AHEAD, now=micros(now), before_at=before_at, before_key=before_key, limit=limit)
        return tuple(map(_attempts, rows))

    def at_ceiling(self, *, after: str = "", limit: int = 50) -> tuple[Attempts, ...]:
        return tuple(map(_attempts, self.connection.all(_AT_CEILING, after=after, limit=limit)))

    def purge(self, before: datetime) -> int:
        return self.connection.change(_PURGE, before=micros(before))


@dataclass(frozen=True, slots=True)
class SqlDevices(Devices):
    """Keeps known devices."""

    connection: Connection

    def add(self, device: Device) -> None:
        self.connection.change(
            _ADD_DEVICE,
            id=device.id,
            account_id=device.account_id,
            name=device.name,
            created_at=micros(device.created_at),
            expires_at=micros(device.expires_at),
        )

    def is_known(self, account_id: AccountId, device_id: DeviceId, *, now: datetime) -> bool:
        row = self.connection.one(_KNOWN, id=device_id, account_id=account_id, now=micros(now))
        return row is not None

    def forget(self, account_id: AccountId, device_id: DeviceId) -> bool:
        return self.connection.change(_FORGET_DEVICE, id=device_id, account_id=account_id) == 1

    def forget_all(self, account_id: AccountId) -> int:
        return self.connection.change(_FORGET_DEVICES, account_id=account_id)

    def purge(self, before: datetime) -> int:
        return self.connection.change(_PURGE_DEVICES, before=micros(before))


def _attempts(row: Row) -> Attempts:
    return Attempts(row[0], _lanes(row[1]), row[2], row[3])


def _text(attempts: Attempts) -> str:
    lanes = {
        name: [
            [micros(at) for at in lane.failures],
            {slot: micros(at) for slot, at in lane.reserved.items()},
            micros_or_none(lane.suspended_until),
        ]
        for name, lane in attempts.lanes.items()
    }
    return json.dumps(lanes, separators=(",", ":"))


def _lanes(text: str) -> dict[str, Lane]:
    return {
        name: Lane(
            tuple(moment(at) for at in failures),
            {slot: moment(at) for slot, at in reserved.items()},
            moment_or_none(suspended_until),
        )
        for name, (failures, reserved, suspended_until) in json.loads(text).items()
    }


def _latest(attempts: Attempts) -> int:
    """Return the latest moment in the record; 0 when it holds none, and so nothing worth keeping."""
    moments = [
        at
        for lane in attempts.lanes.values()
        for at in (*lane.failures, *lane.reserved.values(), lane.suspended_until)
        if at is not None
    ]
    return max(map(micros, moments), default=0)

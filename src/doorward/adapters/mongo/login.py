"""Failed sign-ins, and known devices."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection, Query
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros, micros_or_none, moment, moment_or_none
from doorward.core.kernel.ids import AccountId, DeviceId
from doorward.core.login.ports import AttemptBook, Devices
from doorward.core.login.records import Attempts, Device, Lane
from doorward.core.login.rules import CEILING

_UNKNOWN_NAMES: Final[Query] = {"$gte": "?", "$lt": "@"}
"""The keys that begin with a question mark: the sign after it comes next."""

_OF_ACCOUNT: Final[Query] = {"$regex": r"^[^?]"}


@dataclass(frozen=True, slots=True)
class MongoAttempts(AttemptBook):
    """Keeps failed attempts."""

    connection: Connection

    def of(self, key: str) -> Attempts:
        kept = self.connection.one(tables.attempts, {"_id": key})
        if kept is None:
            return Attempts(key)
        return _attempts(kept)

    def put(self, attempts: Attempts, *, expected_version: int) -> bool:
        columns: Document = {
            "lanes": _text(attempts),
            "consecutive": attempts.consecutive,
            "version": expected_version + 1,
            "touched_at": _latest(attempts),
        }
        if expected_version == 0:
            return self._put_first(attempts.key, columns)
        of_version = {"_id": attempts.key, "version": expected_version}
        return bool(self.connection.change(tables.attempts, of_version, columns))

    def forget(self, key: str) -> None:
        self.connection.remove(tables.attempts, {"_id": key})

    def ahead(
        self, now: datetime, *, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> tuple[Attempts, ...]:
        bounds = {"$gt": micros(now)}
        query: dict[str, object] = {"key": _OF_ACCOUNT, "touched_at": bounds}
        if before is not None:
            at = bounds["$lte"] = micros(before[0])
            query["$or"] = [{"touched_at": {"$lt": at}}, {"touched_at": at, "key": {"$lt": before[1]}}]
        order = [("touched_at", -1), ("key", -1)]
        return tuple(map(_attempts, self.connection.all(tables.attempts, query, order=order, limit=limit)))

    def at_ceiling(self, *, after: str = "", limit: int = 50) -> tuple[Attempts, ...]:
        query = {"key": {**_OF_ACCOUNT, "$gt": after}, "consecutive": {"$gte": CEILING}}
        found = self.connection.all(tables.attempts, query, order=[("key", 1)], limit=limit)
        return tuple(map(_attempts, found))

    def purge(self, before: datetime) -> int:
        old = {"key": _UNKNOWN_NAMES, "touched_at": {"$lt": micros(before)}}
        return self.connection.purge(tables.attempts, old)

    def _put_first(self, key: str, columns: Document) -> bool:
        if self.connection.one(tables.attempts, {"_id": key}):
            return False
        self.connection.put(tables.attempts, {"key": key, **columns})
        return True


@dataclass(frozen=True, slots=True)
class MongoDevices(Devices):
    """Keeps known devices."""

    connection: Connection

    def add(self, device: Device) -> None:
        self.connection.put(
            tables.devices,
            {
                "id": device.id,
                "account_id": device.account_id,
                "name": device.name,
                "created_at": micros(device.created_at),
                "expires_at": micros(device.expires_at),
            },
        )

    def is_known(self, account_id: AccountId, device_id: DeviceId, *, now: datetime) -> bool:
        known = {"_id": device_id, "account_id": account_id, "expires_at": {"$gt": micros(now)}}
        return self.connection.one(tables.devices, known) is not None

    def forget(self, account_id: AccountId, device_id: DeviceId) -> bool:
        return bool(self.connection.remove(tables.devices, {"_id": device_id, "account_id": account_id}))

    def forget_all(self, account_id: AccountId) -> int:
        return len(self.connection.remove(tables.devices, {"account_id": account_id}))

    def purge(self, before: datetime) -> int:
        return self.connection.purge(tables.devices, {"expires_at": {"$lt": micros(before)}})


def _attempts(document: Document) -> Attempts:
    return Attempts(document["key"], _lanes(document["lanes"]), document["consecutive"], document["version"])


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

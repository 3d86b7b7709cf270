"""Sessions: one document each, updated in place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.access import MongoRoles
from doorward.adapters.mongo.engine.connection import MOST_PURGED, Connection, Query
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import day, micros, micros_or_none, moment, moment_or_none
from doorward.core.accounts.records import Status
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.sessions.ports import Sessions
from doorward.core.sessions.records import (
    FIRST_PARTY,
    Authentication,
    EndReason,
    Kind,
    Profile,
    Rotation,
    Session,
    Snapshot,
)
from doorward.core.sessions.rules import rotated_at_once

_KNOWN: Final[Query] = {"kind": {"$in": [kind.value for kind in Kind]}}
"""What leaves out sessions of a kind that a newer program brought: they are none to this one."""

_OF_PEOPLE: Final[Query] = {"kind": {"$in": sorted(FIRST_PARTY)}}
_SEEN_LAST_FIRST: Final = [("last_seen_at", -1), ("_id", -1)]

_REASONS: Final = frozenset(reason.value for reason in EndReason)


@dataclass(frozen=True, slots=True)
class MongoSessions(Sessions):
    """Keeps sessions."""

    connection: Connection

    def by_id(self, session_id: SessionId) -> Session | None:
        document = self.connection.one(tables.sessions, {"_id": session_id, **_KNOWN})
        return None if document is None else _session(document)

    def held(self, session_id: SessionId, *, now: datetime) -> Session | None:
        # Units of work go one after another: what is read in one is written by nobody else before it ends.
        document = self.connection.one(tables.sessions, {"_id": session_id, **_KNOWN, **_live(now)})
        return None if document is None else _session(document)

    def add(self, session: Session) -> None:
        self.connection.put(
            tables.sessions,
            {
                "id": session.id,
                "account_id": session.account_id,
                "kind": session.kind.value,
                **_changeable(session),
                "created_at": micros(session.created_at),
                "expires_at": micros(session.expires_at),
                "device_id": session.device_id,
                "ended_at": micros_or_none(session.ended_at),
                "end_reason": session.end_reason.value if session.end_reason else None,
                "parent_id": session.parent_id,
                "acr": session.authentication.acr,
                "amr": " ".join(session.authentication.amr) or None,
            },
        )

    def replace(self, session: Session, *, expected: Session) -> bool:
        self.connection.notes.accounts.add(session.account_id)
        return self._put(session, expected)

    def _put(self, session: Session, expected: Session) -> bool:
        as_expected = {
            "_id": session.id,
            "generation": expected.generation,
            "replays": expected.replays,
            "ended_at": None,
        }
        return bool(self.connection.change(tables.sessions, as_expected, _changeable(session)))

    def rotate(self, rotation: Rotation) -> tuple[Session, Profile] | None:
        """Do what `rotated_at_once` decides."""
        found = self.with_snapshot(rotation.session_id)
        after = found and rotated_at_once(*found, rotation)
        if not found or not after or not self._put(after, found[0]):
            return None
        return after, found[1].profile

    def end(self, session_id: SessionId, *, at: datetime, reason: EndReason) -> bool:
        ended = self._end({"_id": session_id, "ended_at": None}, at, reason)
        children = self._end({"parent_id": session_id, "ended_at": None}, at, reason) if ended else []
        self.connection.notes.accounts.update(document["account_id"] for document in (*ended, *children))
        return bool(ended)

    def end_all(self, account_id: AccountId, *, at: datetime, reason: EndReason, keep: SessionId | None = None) -> int:
        self.connection.notes.accounts.add(account_id)
        return len(self._end({**_live(at), "account_id": account_id, "_id": {"$ne": keep or ""}}, at, reason))

    def adopt(self, session_id: SessionId, *, by: SessionId) -> None:
        children = self.connection.all(tables.sessions, {"parent_id": session_id, "ended_at": None})
        self.connection.notes.accounts.update(document["account_id"] for document in children)
        for document in children:
            self.connection.put(tables.sessions, {**document, "parent_id": by})

    def live_of(self, account_id: AccountId, *, now: datetime) -> tuple[Session, ...]:
        query = {**_KNOWN, **_live(now), "account_id": account_id}
        found = self.connection.all(tables.sessions, query, order=_SEEN_LAST_FIRST)
        return tuple(_session(document) for document in found)

    def signed_in(self, account_id: AccountId, *, now: datetime, limit: int) -> tuple[Session, ...]:
        query = {**_OF_PEOPLE, **_live(now), "account_id": account_id}
        found = self.connection.all(tables.sessions, query, order=_SEEN_LAST_FIRST, limit=limit)
        return tuple(_session(document) for document in found)

    def ended_at(self, account_id: AccountId, at: datetime) -> tuple[SessionId, ...]:
        found = self.connection.all(tables.sessions, {"account_id": account_id, "ended_at": micros(at)})
        return tuple(SessionId(document["id"]) for document in found)

    def snapshot(self, session_id: SessionId) -> Snapshot | None:
        found = self._with_account(session_id)
        return None if found is None else self._snapshot(*found)

    def with_snapshot(self, session_id: SessionId) -> tuple[Session, Snapshot] | None:
        found = self._with_account(session_id)
        return None if found is None else (_session(found[0]), self._snapshot(*found))

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.notes.accounts.add(account_id)
        self.connection.remove(tables.sessions, {"account_id": account_id})

    def purge(self, before: datetime) -> int:
        moments = [{column: {"$lt": micros(before)}} for column in ("ended_at", "expires_at", "idle_expires_at")]
        over = {"gone_day": {"$lte": day(before)}, "$or": moments}
        parents = [document["id"] for document in self.connection.all(tables.sessions, over, limit=MOST_PURGED)]
        children = self.connection.remove(tables.sessions, {"parent_id": {"$in": parents}})
        self.connection.notes.accounts.update(document["account_id"] for document in children)
        return len(children) + self.connection.purge(tables.sessions, {"_id": {"$in": parents}})

    def _end(self, query: Query, at: datetime, reason: EndReason) -> list[Document]:
        ended = [
            {
                **document,
                "ended_at": micros(at),
                "end_reason": reason.value,
                "gone_day": min(document["gone_day"], day(at)),
            }
            for document in self.connection.all(tables.sessions, query)
        ]
        for document in ended:
            self.connection.put(tables.sessions, document)
        return ended

    def _with_account(self, session_id: SessionId) -> tuple[Document, Document] | None:
        session = self.connection.one(tables.sessions, {"_id": session_id, **_KNOWN})
        if session is None:
            return None
        account = self.connection.one(tables.accounts, {"_id": session["account_id"]})
        return None if account is None else (session, account)

    def _snapshot(self, session: Document, account: Document) -> Snapshot:
        roles = MongoRoles(self.connection).of(account["id"])
        profile = Profile(
            account["id"],
            account["username"],
            account["email"],
            is_verified=True,
            roles=roles,
            created_at=moment(account["created_at"]),
            updated_at=moment(account.get("updated_at") or account["verified_at"]),
        )
        return Snapshot(
            session_id=session["id"],
            kind=Kind(session["kind"]),
            profile=profile,
            granted=session["scope"],
            created_at=moment(session["created_at"]),
            authenticated_at=moment(session["authenticated_at"]),
            expires_at=moment(session["expires_at"]),
            is_live=session["ended_at"] is None and account["status"] == Status.ACTIVE,
            authentication=_authentication(session),
        )


def _live(now: datetime) -> Query:
    return {
        "ended_at": None,
        "idle_expires_at": {"$gt": micros(now)},
        "expires_at": {"$gt": micros(now)},
    }


def _gone_day(session: Session) -> int:
    return day(min(session.idle_expires_at, session.expires_at))


def _changeable(session: Session) -> Document:
    return {
        "device_name": session.device_name,
        "place": session.place,
        "scope": session.scope,
        "authenticated_at": micros(session.authenticated_at),
        "last_seen_at": micros(session.last_seen_at),
        "idle_expires_at": micros(session.idle_expires_at),
        "digest": session.digest,
        "generation": session.generation,
        "superseded_digest": session.superseded_digest,
        "superseded_at": micros_or_none(session.superseded_at),
        "sealed_successor": session.sealed_successor,
        "replays": session.replays,
        "gone_day": _gone_day(session),
    }


def _session(document: Document) -> Session:
    return Session(
        id=document["id"],
        account_id=document["account_id"],
        kind=Kind(document["kind"]),
        device_name=document["device_name"],
        place=document["place"],
        scope=document["scope"],
        created_at=moment(document["created_at"]),
        authenticated_at=moment(document["authenticated_at"]),
        last_seen_at=moment(document["last_seen_at"]),
        idle_expires_at=moment(document["idle_expires_at"]),
        expires_at=moment(document["expires_at"]),
        digest=document["digest"],
        generation=document["generation"],
        device_id=document["device_id"],
        superseded_digest=document["superseded_digest"],
        superseded_at=moment_or_none(document["superseded_at"]),
        sealed_successor=document["sealed_successor"],
        replays=document["replays"],
        ended_at=moment_or_none(document["ended_at"]),
        end_reason=EndReason(document["end_reason"]) if document["end_reason"] in _REASONS else None,
        parent_id=document.get("parent_id"),
        authentication=_authentication(document),
    )


def _authentication(document: Document) -> Authentication:
    amr = document.get("amr")
    return Authentication(document.get("acr"), tuple(amr.split(" ")) if amr else ())

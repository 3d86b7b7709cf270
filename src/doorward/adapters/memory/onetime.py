"""One-time artefacts, each given away at most once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from doorward.adapters.memory.tables import Access
from doorward.core.kernel.secrets import same
from doorward.core.onetime.ports import OneTimes
from doorward.core.onetime.records import CODE_TRIES, OneTime, Purpose
from doorward.core.onetime.rules import spent_key


@dataclass(frozen=True, slots=True)
class MemoryOneTimes(OneTimes):
    """Keeps one-time artefacts. One that was consumed is gone."""

    access: Access

    def add(self, artefact: OneTime) -> None:
        tables = self.access.writable()
        before = self._by_address(artefact.purpose, artefact.address_key)
        if before is not None:
            tables.onetimes[before.digest] = replace(before, address_key=None, code_digest=None, code_expires_at=None)
        tables.onetimes[artefact.digest] = artefact
        tables.tries[artefact.digest] = 0

    def consume(self, purpose: Purpose, digest: bytes, *, now: datetime) -> OneTime | None:
        artefact = self.peek(purpose, digest, now=now)
        self._remove([] if artefact is None else [artefact])
        return artefact

    def peek(self, purpose: Purpose, digest: bytes, *, now: datetime) -> OneTime | None:
        artefact = self.access.tables.onetimes.get(digest)
        if artefact is None or artefact.purpose is not purpose or artefact.expires_at <= now:
            return None
        return artefact

    def replace(self, artefact: OneTime, *, expected: OneTime, now: datetime) -> bool:
        kept = self.peek(artefact.purpose, artefact.digest, now=now)
        if kept is None or kept.payload != expected.payload:
            return False
        tables = self.access.writable()
        tables.onetimes[kept.digest] = replace(kept, subject=artefact.subject, payload=artefact.payload)
        return True

    def consume_code(self, purpose: Purpose, address_key: str, *, code_digest: bytes, now: datetime) -> OneTime | None:
        tries = self.access.writable().tries
        artefact = self._by_address(purpose, address_key)
        if artefact is None or not _has_live_code(artefact, now) or tries[artefact.digest] >= CODE_TRIES:
            return None
        tries[artefact.digest] += 1
        if not same(artefact.code_digest or b"", code_digest):
            return None
        return self.consume(purpose, artefact.digest, now=now)

    def spend(self, purpose: Purpose, digest: bytes, *, until: datetime, now: datetime) -> bool:
        spent = OneTime(purpose, spent_key(purpose, digest), "", created_at=now, expires_at=until)
        if until <= now or spent.digest in self.access.writable().onetimes:
            return False
        self.add(spent)
        return True

    def discard(self, subject: str, purpose: Purpose | None = None) -> int:
        return self._remove(
            artefact
            for artefact in self.access.tables.onetimes.values()
            if artefact.subject == subject and purpose in (None, artefact.purpose)
        )

    def live(self, purpose: Purpose, *, now: datetime) -> int:
        kept = self.access.tables.onetimes.values()
        return sum(artefact.purpose is purpose and now < artefact.expires_at for artefact in kept)

    def purge(self, before: datetime, purpose: Purpose | None = None) -> int:
        return self._remove(
            artefact
            for artefact in self.access.tables.onetimes.values()
            if artefact.expires_at < before and purpose in (None, artefact.purpose)
        )

    def _by_address(self, purpose: Purpose, address_key: str | None) -> OneTime | None:
        kept = self.access.tables.onetimes.values() if address_key is not None else ()
        found = (one for one in kept if one.purpose is purpose and one.address_key == address_key)
        return next(found, None)

    def _remove(self, artefacts: Iterable[OneTime]) -> int:
        gone = [artefact.digest for artefact in artefacts]
        tables = self.access.writable()
        for digest in gone:
            del tables.onetimes[digest], tables.tries[digest]
        return len(gone)


def _has_live_code(artefact: OneTime, now: datetime) -> bool:
    ends = artefact.code_expires_at
    return ends is not None and now < ends and now < artefact.expires_at

"""Builders for the stores' suites: records that differ by a number, and many callers at once."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Barrier
from typing import Final, TypeVar

from doorward.assembly.flows import Work
from doorward.assembly.store import Store
from doorward.core.accounts.records import Account, Claim
from doorward.core.kernel.ids import AccountId, ClaimId, ClientId, DeviceId, JobId, SessionId
from doorward.core.login.records import Device
from doorward.core.oauth.records import Client, Grant
from doorward.core.onetime.records import OneTime, Purpose
from doorward.core.outbox.records import Job
from doorward.core.sessions.records import Kind, Session
from tests import builders
from tests.builders import NOW

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
MANY: Final = 16

ResultT = TypeVar("ResultT")


@dataclass(slots=True)
class Heard:
    """What a store told those who wait for changes."""

    changes: list[frozenset[AccountId]] = field(default_factory=list)
    jobs: int = 0

    def change(self, account_ids: Collection[AccountId]) -> None:
        self.changes.append(frozenset(account_ids))

    def job(self) -> None:
        self.jobs += 1


def add(store: Store, account: Account) -> None:
    """Keep an account in a unit of work of its own."""
    with store.work() as work:
        work.accounts.add(account)


class Undone(Exception):
    """What a unit of work is left by."""


def undone(store: Store, write: Callable[[Work], object]) -> None:
    """Write in a unit of work that then fails.

    Raises: Undone.
    """
    with store.work() as work:
        write(work)
        raise Undone


def at_once(count: int, act: Callable[[int], ResultT]) -> list[ResultT]:
    """Return what `act` gives to `count` callers that begin at the same moment, each in a thread of its own."""
    gate = Barrier(count)

    def go(number: int) -> ResultT:
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(go, range(count)))


def numbered(number: int) -> str:
    """Return an identifier; higher numbers sort later."""
    return f"{number:026}"


def an_account(number: int = 1, name: str | None = None, *, email: str | None = None) -> Account:
    account = builders.an_account(name or f"person{chr(97 + number % 26)}{number}", email=email)
    return replace(account, id=AccountId(numbered(number)))


def a_claim(number: int = 1, name: str = "margaret", *, email: str | None = None) -> Claim:
    claim = builders.a_claim(name, email=email)
    return replace(claim, id=ClaimId(numbered(number)), created_at=NOW + timedelta(seconds=number))


def a_session(number: int = 1, *, account_id: AccountId | None = None) -> Session:
    session = builders.a_session(bytes([number % 256] * 32))
    owner = account_id or AccountId(numbered(1))
    return replace(session, id=SessionId(numbered(number)), account_id=owner)


def a_child(number: int, parent: Session) -> Session:
    """Return the session of a client that was granted in another one."""
    return replace(a_session(number, account_id=parent.account_id), kind=Kind.CLIENT, parent_id=parent.id)


def a_client(number: int = 1) -> Client:
    return replace(builders.a_client(), id=ClientId(numbered(number)))


def a_grant(
    number: int = 1, *, account_id: AccountId = builders.ACCOUNT, client_id: ClientId = builders.CLIENT
) -> Grant:
    grant = replace(builders.a_grant(), session_id=SessionId(numbered(number)))
    return replace(grant, account_id=account_id, client_id=client_id)


def a_device(number: int = 1, *, account_id: AccountId | None = None) -> Device:
    owner = account_id or AccountId(numbered(1))
    return Device(DeviceId(numbered(number)), owner, "Firefox on Linux", NOW, NOW + DAY)


def a_job(number: int = 1, *, dedupe_key: str | None = None) -> Job:
    job = builders.a_job(attempts=0)
    return replace(job, id=JobId(numbered(number)), sealed_payload=b"sealed", dedupe_key=dedupe_key)


def a_link(number: int = 1, *, purpose: Purpose = Purpose.RESET_PASSWORD, subject: str = "somebody") -> OneTime:
    return OneTime(purpose, a_digest(number), subject, NOW, NOW + HOUR, {"why": "asked"})


def a_coded_link(
    number: int = 1,
    *,
    code: bytes = b"right",
    address: str = "margaret@mail.example",
    purpose: Purpose = Purpose.VERIFY_EMAIL,
) -> OneTime:
    link = a_link(number, purpose=purpose)
    return replace(link, address_key=address, code_digest=code, code_expires_at=NOW + timedelta(minutes=10))


def a_digest(number: int) -> bytes:
    return number.to_bytes(32)

"""A person sees what a device asks for, and says yes or no.

Source: RFC 8628 sections 3.3 and 5.4.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.audit.rules import UNREADABLE, day_of
from doorward.core.audit.tag_address import TagAddress
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.authorize.records import Asked
from doorward.core.oauth.authorize.rules import consent
from doorward.core.oauth.codes import Approved
from doorward.core.oauth.device.errors import DeviceUnknown
from doorward.core.oauth.device.find_waiting import FindWaiting, Person, Waiting
from doorward.core.oauth.device.records import Answer, changed, device_of
from doorward.core.oauth.device.rules import user_code
from doorward.core.oauth.device.tickets import Tickets
from doorward.core.oauth.may_issue import StandingWork, may_issue
from doorward.core.oauth.records import Consent, GrantType
from doorward.core.oauth.rules import scopes
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import Session

_RACES: Final = 8
_RETRY_AFTER: Final = timedelta(seconds=1)


class AnswerWork(StandingWork, HasOneTimes, HasAuditLog, Protocol):
    """What an answer writes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a device asks for, as people see it before they answer.

    `code` is as the device shows it, `program` what it called itself. `is_near`: it is in the network that they are in;
    None: that cannot be told.
    """

    code: str
    asked: Asked
    program: str
    asked_at: datetime
    is_near: bool | None


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Return the device whose code somebody typed, as long as it waits for nobody else.

    It belongs to whoever typed its code last: what another account, another browser or another tab holds of it is
    worthless.
    """

    waiting: FindWaiting
    tickets: Tickets

    def __call__(self, presented: str, person: Person) -> Waiting:
        """Return it.

        Raises: DeviceUnknown, Unavailable.
        """
        account_id = person.session.profile.id
        code = self.tickets.read_seen(presented, account_id, browser=person.browser)
        waiting = None if code is None else self.waiting(code)
        if waiting is None or waiting.typed.owner != account_id:
            raise DeviceUnknown
        return waiting


@dataclass(frozen=True, slots=True)
class SeeDevice:
    """Look at what a device asks for, and leave it as it is."""

    open: OpenTicket
    tag_address: TagAddress
    clock: Clock

    def __call__(self, presented: str, person: Person, *, address: str | None) -> Seen:
        """Return it; `address` is where the person is.

        Raises: DeviceUnknown, Unavailable.
        """
        waiting = self.open(presented, person)
        asked_at, place = waiting.artefact.created_at, waiting.device.place
        # A pseudonym tells networks apart for one day; what could not be read as an address tells nothing.
        is_comparable = day_of(asked_at) == day_of(self.clock.now()) and place != UNREADABLE
        is_near = place == self.tag_address(address) if is_comparable else None
        return Seen(user_code.shown(waiting.code), waiting.asked, waiting.device.program, asked_at, is_near)


@dataclass(frozen=True, slots=True)
class AnswerDevice:
    """Take what a person answers: yes or no, once, however many tabs and people press at the same moment."""

    work: OpensWork[AnswerWork]
    open: OpenTicket
    clock: Clock

    def allow(self, presented: str, person: Person) -> None:
        """Return when the device may fetch its tokens: everything was looked at once more.

        Raises: DeviceUnknown, when it was answered, is too old, or waits for somebody else; Unavailable.
        """
        waiting = self.open(presented, person)
        client, scope = waiting.asked.client, scopes.join(waiting.asked.scopes)
        with self.work() as work:
            now = self.clock.now()
            session = _held(work, person, now)
            if not client.is_first_party:
                allowed = consent.widened(work.consents.of(session.account_id, client.id), waiting.asked.scopes)
                work.consents.put(Consent(session.account_id, client.id, allowed, now))
            known = self.open.waiting.find.within(work, client.id)
            if may_issue(work, known, GrantType.DEVICE_CODE, session_id=session.id, scope=scope, now=now) is None:
                raise DeviceUnknown
            _settle(work, waiting, Answer.ALLOWED, session, now=now)
            _record(work, AuditKind.DEVICE_ALLOWED, waiting, session, now=now)

    def refuse(self, presented: str, person: Person) -> None:
        """Return when the device will be told that somebody said no.

        Raises: the same.
        """
        waiting = self.open(presented, person)
        with self.work() as work:
            now = self.clock.now()
            session = _held(work, person, now)
            _settle(work, waiting, Answer.REFUSED, session, now=now)
            _record(work, AuditKind.DEVICE_REFUSED, waiting, session, now=now)


def _held(work: AnswerWork, person: Person, now: datetime) -> Session:
    session = work.sessions.held(person.session.session_id, now=now)
    if session is None:
        raise DeviceUnknown
    return session


def _settle(work: AnswerWork, waiting: Waiting, answer: Answer, session: Session, *, now: datetime) -> None:
    """Use the user code up, and write the answer where the device asks for it.

    Raises: DeviceUnknown, when somebody was faster.
    """
    typed = work.onetimes.consume(Purpose.USER_CODE, waiting.typed.artefact.digest, now=now)
    if typed is None or typed.payload != waiting.typed.artefact.payload:
        raise DeviceUnknown
    approved = _approved(waiting, session) if answer is Answer.ALLOWED else None
    for _ in range(_RACES):
        found = work.onetimes.peek(Purpose.DEVICE_CODE, waiting.typed.device, now=now)
        if found is None:
            raise DeviceUnknown
        # From here on it is about the account: whatever makes all artefacts of an account useless ends this one too.
        answered = changed(
            found, replace(device_of(found), answer=answer, approved=approved), subject=session.account_id
        )
        if work.onetimes.replace(answered, expected=found, now=now):
            return
    raise Unavailable(_RETRY_AFTER)


def _approved(waiting: Waiting, session: Session) -> Approved:
    asked, device = waiting.asked, waiting.device
    return Approved(
        session_id=device.session_id,
        parent_id=session.id,
        client_id=asked.client.id,
        account_id=session.account_id,
        redirect_uri=None,
        challenge=None,
        scope=scopes.join(asked.scopes),
        authenticated_at=session.authenticated_at,
        is_offline=consent.is_offline(asked.scopes),
        resources=asked.resources,
        details=asked.details,
        key_thumbprint=device.key_thumbprint,
        acr=session.authentication.acr,
        amr=session.authentication.amr,
    )


def _record(work: AnswerWork, kind: AuditKind, waiting: Waiting, session: Session, *, now: datetime) -> None:
    event = Event(
        kind,
        account_id=session.account_id,
        session_id=session.id,
        address_tag=waiting.device.place,
        detail={"client_id": waiting.asked.client.id, "scope": scopes.join(waiting.asked.scopes)},
    )
    record(work.audit, event, now)

"""Devices that have no browser, and people who let them in, as far as the core sees them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Self

from doorward.assembly.flows import Work
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.authorize.records import Values
from doorward.core.oauth.device.find_waiting import Person
from doorward.core.oauth.device.records import Shown
from doorward.core.oauth.device.rules import user_code
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, Consent, GrantType
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import Snapshot
from tests.applications import INVOICES, REPORTS, SCOPE, SPA, Application
from tests.house import HOME, House, replacing

GRANT: Final = GrantType.DEVICE_CODE.value
BROWSER: Final = b"the browser of Margaret.........."
OTHER_BROWSER: Final = b"another browser.................."

TV: Final = replace(
    SPA,
    id=ClientId("reports-tv"),
    name="Television",
    type=ClientType.NATIVE,
    grants=(GrantType.DEVICE_CODE, GrantType.REFRESH_TOKEN),
    redirect_uris=(),
    resources=(REPORTS, INVOICES),
)
CONFERENCE_ROOM: Final = replace(
    TV,
    id=ClientId("reports-room"),
    name="Conference room",
    type=ClientType.WEB,
    authentication=ClientAuthentication.SECRET_BASIC,
)


@dataclass
class Television:
    """A device of an application, and the person before it, who has consented to nothing yet."""

    house: House
    client: Client = TV
    values: Values = field(default_factory=lambda: {"scope": (SCOPE,)})
    app: Application = field(init=False)
    person: Person = field(init=False)
    shown: Shown = field(init=False)

    def __post_init__(self) -> None:
        self.app = Application(self.house, self.client, consents=False)
        self.person = self.at(BROWSER)
        self.ask()

    def at(self, browser: bytes, login: str = "margaret") -> Person:
        """Return somebody who is signed in at a browser."""
        session_id = self.app.browser if login == "margaret" else self.house.sign_in(login).session_id
        return Person(self.snapshot(session_id), browser)

    def snapshot(self, session_id: object) -> Snapshot:
        """Return a session as pages see it."""
        snapshot = self.house.flows.recognise.snapshots.load(session_id)  # type: ignore[arg-type]  # an id of a session
        assert snapshot is not None
        return snapshot

    def ask(self, **changes: object) -> Self:
        """Ask for codes."""
        given: dict[str, object] = {"program": "Television/1", "address": HOME.address, **changes}
        values = given.pop("values", self.values)
        self.shown = self.house.flows.requests.devices.ask(self.app.client, values, **given)  # type: ignore[arg-type]  # a test's own
        return self

    def enter(self, presented: str | None = None, person: Person | None = None) -> str:
        """Type a code, and return what the next page is opened with."""
        return self.house.flows.requests.devices.enter(presented or self.shown.user_code, person or self.person)

    def allow(self) -> Self:
        """Type the code and say yes."""
        self.house.flows.requests.devices.answer.allow(self.enter(), self.person)
        return self

    def refuse(self) -> Self:
        """Type the code and say no."""
        self.house.flows.requests.devices.answer.refuse(self.enter(), self.person)
        return self

    def poll(self, *, proof: str | None = None, **changes: str) -> Issued:
        """Ask for tokens."""
        return self.app.ask(proof=proof, **{"grant_type": GRANT, "device_code": self.shown.device_code, **changes})

    def told(self, **changes: str) -> OAuthCode:
        """Ask for tokens, and return the refusal."""
        try:
            self.poll(**changes)
        except OAuthError as error:
            return error.error
        raise AssertionError("there are tokens")

    def wait(self, seconds: float) -> Self:
        """Let time go by."""
        self.house.advance(timedelta(seconds=seconds))
        return self

    @property
    def code(self) -> str:
        """The user code without what stands between its letters."""
        return user_code.normalise(self.shown.user_code)

    @property
    def consent(self) -> Consent | None:
        """What the person allowed the application."""
        with self.house.store.view() as view:
            return view.consents.of(self.app.account_id, self.client.id)

    def live(self, purpose: Purpose) -> int:
        """Return how many artefacts of a purpose there are."""
        with self.house.store.view() as view:
            return view.onetimes.live(purpose, now=self.house.clock.now())


@dataclass(frozen=True)
class Meeting(OpensWork[Work]):
    """Opens units of work in which one method of the one-time artefacts answers as it is told, unless that is None."""

    house: House
    answer: Callable[[], object]
    method: str = "replace"

    @contextmanager
    def __call__(self) -> Iterator[Work]:
        with self.house.store.work() as work:
            yield replacing(work, "onetimes", self.method, self.answer)


def change(tv: Television, **changed: object) -> None:
    """Change the registration of the application."""
    with tv.house.store.work() as work:
        client = work.clients.by_id(tv.app.client.id)
        assert client is not None
        after: Client = replace(client, **changed)  # type: ignore[arg-type]  # a test's own
        assert work.clients.replace(after, expected=client.version)

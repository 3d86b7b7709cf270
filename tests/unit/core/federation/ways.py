"""A house with a provider, and hands to go there and come back."""

from dataclasses import dataclass, field

from doorward.core.federation.records import Answer, Begun, Intent, Outcome
from doorward.core.sessions.records import Caller, Kind, Remembered, Snapshot
from doorward.testing.clock import FixedClock
from tests.house import HOME, House
from tests.stores import a_memory_store
from tests.upstream import TRUSTED, Elsewhere, a_provider


@dataclass
class Ways:
    """A house with one provider. `kind` is a preset, or `oidc`."""

    kind: str = "oidc"
    trusts: tuple[str, ...] = (TRUSTED,)
    clock: FixedClock = field(default_factory=FixedClock)
    elsewhere: Elsewhere = field(init=False)
    house: House = field(init=False)

    def __post_init__(self) -> None:
        provider = a_provider(self.kind, trusts=self.trusts)
        self.elsewhere = Elsewhere(provider, self.clock)
        self.house = House(a_memory_store(), self.clock, web=self.elsewhere, providers=(provider,))

    def begin(
        self,
        intent: Intent = Intent.SIGN_IN,
        *,
        session: Snapshot | None = None,
        browser: str | None = None,
        request: str | None = None,
    ) -> Begun:
        """Go to the provider."""
        begin = self.house.flows.providers.begin
        return begin(self.kind, intent, browser=browser, session=session, request=request)

    def come_back(self, answer: Answer, browser: str | None, *, caller: Caller = HOME) -> Outcome:
        """Come back from the provider."""
        flow = self.house.flows.providers.come_back
        return flow(self.kind, answer, browser=browser, caller=caller, device_name="Firefox on Linux")

    def go(
        self,
        intent: Intent = Intent.SIGN_IN,
        *,
        session: Snapshot | None = None,
        caller: Caller = HOME,
        request: str | None = None,
    ) -> Outcome:
        """Go there and come back in one browser."""
        begun = self.begin(intent, session=session, request=request)
        return self.come_back(self.elsewhere.authorize(begun.url), begun.browser, caller=caller)

    def finish(self, token: str | None, code: str) -> Outcome:
        """Type a code in the browser that holds the token."""
        assert token is not None
        return self.house.flows.providers.finish(token, code, caller=HOME, device_name="Firefox on Linux")

    def snapshot(self, remembered: Remembered | None) -> Snapshot:
        """Return who is behind a session."""
        assert remembered is not None
        return self.house.flows.recognise(remembered.access_token, Kind.WEB)


def signed_in(outcome: Outcome) -> Remembered:
    """Return what somebody carries away from a sign-in that succeeded."""
    assert outcome.remembered is not None, outcome
    return outcome.remembered

"""Every state of the pages that have to do with others: with other providers, and with hosts behind a gateway."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode

from playwright.sync_api import Browser, StorageState

from tests.browser.elsewhere import Provider, Wish, a_place_elsewhere
from tests.browser.people import Person
from tests.browser.scenes import PAYROLL, Scene, asking, signed_in
from tests.browser.server import Server, a_server
from tests.upstream import Somebody

REPORTS: Final = "https://reports.example"

_HOSTS: Final = json.dumps([{"origin": REPORTS, "role": "analyst"}, {"origin": "https://wiki.example"}])
_ABOUT: Final = urlencode({"host": REPORTS})
_ADA: Final = Somebody("1", "ada@mail.example", name="Ada")
_GRACE: Final = Somebody("2", "grace@elsewhere.example", name="Grace")
_LISE: Final = Somebody("3", "lise.with.a.rather.long.name@a-rather-long-name-of-a-host.example", name="Lise")
_NEW: Final = Somebody("4", "newcomer@unproven.example", name="Newcomer")
_SHY: Final = Somebody("5", None, name="Shy")


@dataclass(frozen=True)
class StageAbroad:
    """What scenes are played with: the provider, and who was signed in where.

    `member` has a password alone, `linked` a provider besides; `stale` signed in an hour ago with both, and `vouched`
    with a provider alone.
    """

    provider: Provider
    asks: str
    people: Mapping[str, StorageState]

    @classmethod
    def build(cls, server: Server, browser: Browser, provider: Provider) -> Self:
        """Return a stage."""
        member, linked, stale = (server.account(name) for name in ("margaret", "grace", "lise"))
        server.client("Payroll", "--type", "spa", "--redirect-uri", PAYROLL)
        people = {
            "member": signed_in(browser, server, member),
            "linked": _connected(browser, server, provider, name=linked, person=_GRACE),
            "stale": _connected(browser, server, provider, name=stale, person=_LISE),
            "vouched": _vouched(browser, server, provider),
        }
        server.make_stale(stale)
        server.make_stale("ada")
        return cls(provider, asking("payroll", PAYROLL, scope="openid"), people)


@contextmanager
def a_stage_abroad(browser: Browser) -> Iterator[tuple[Server, StageAbroad]]:
    """Run a server that has providers and guards hosts, and a provider, for a while."""
    with a_place_elsewhere() as provider:
        variables = {
            "DOORWARD_PROVIDERS": provider.settings,
            "DOORWARD_PROTECTED_HOSTS": _HOSTS,
            "DOORWARD_TRUSTED_PROXIES": "192.0.2.1/32",
        }
        with a_server(variables) as server:
            yield server, StageAbroad.build(server, browser, provider)


Act = Callable[[Person, StageAbroad], object]


def _connected(browser: Browser, server: Server, provider: Provider, *, name: str, person: Somebody) -> StorageState:
    provider.expect(person)
    someone = _through(Person.at(browser, server.base).sign_in(name), until="ways")
    return _left(someone)


def _vouched(browser: Browser, server: Server, provider: Provider) -> StorageState:
    provider.expect(_ADA)
    return _left(_through(Person.at(browser, server.base).open("/sign-in"), until="last-way"))


def _left(someone: Person) -> StorageState:
    state = someone.context.storage_state()
    someone.context.close()
    return state


def _through(person: Person, *, until: str) -> Person:
    """Press the provider's button, and wait for an element of the page that it ends at."""
    person.page.click("#with-elsewhere")
    person.page.wait_for_selector(f"#{until}", state="attached")
    return person


def _at(path: str) -> Act:
    return lambda person, _: person.open(path)


def _with(who: Somebody, *, until: str = "error-summary", wish: Wish = Wish.SIGN_IN, **claims: str) -> Act:
    """Go to the provider from where one signs in."""

    def act(person: Person, stage: StageAbroad) -> None:
        stage.provider.expect(who, wish, **claims)
        _through(person.open("/sign-in"), until=until)

    return act


def _linking(who: Somebody, *, until: str = "error-summary", wish: Wish = Wish.SIGN_IN) -> Act:
    """Go to the provider from an account, soon after signing in."""

    def act(person: Person, stage: StageAbroad) -> None:
        stage.provider.expect(who, wish)
        _through(person.sign_in("margaret"), until=until)

    return act


def _for_application(person: Person, stage: StageAbroad) -> None:
    stage.provider.expect(_ADA, Wish.CANCEL)
    _through(person.open(stage.asks), until="error-summary")


def _confirming(person: Person, stage: StageAbroad) -> None:
    """Confirm with the identity of somebody else."""
    stage.provider.expect(_ADA)
    _through(person.open("/account/confirm"), until="error-summary")


def _unproven(**typed: str) -> Act:
    """Come with an address that nobody vouches for, and type what the mail says, if anything."""

    def act(person: Person, stage: StageAbroad) -> None:
        stage.provider.expect(_NEW)
        _through(person.open("/sign-in"), until="finish-form")
        if typed:
            person.fill(**typed).press("finish-submit")

    return act


SCENES_ABROAD: Final[tuple[Scene[StageAbroad], ...]] = (
    Scene("with-sign-in", _at("/sign-in")),
    Scene("with-register", _at("/register")),
    Scene("with-leaving", _with(_ADA, until="leave-link", wish=Wish.STAY)),
    Scene("with-leaving-to-connect", _linking(_ADA, until="leave-link", wish=Wish.STAY)),
    Scene("with-declined", _with(_ADA, wish=Wish.CANCEL)),
    Scene("with-declined-application", _for_application),
    Scene("with-declined-connecting", _linking(_ADA, wish=Wish.CANCEL)),
    Scene("with-taken", _linking(_GRACE)),
    Scene("with-no-address", _with(_SHY)),
    Scene("with-not-believed", _with(_ADA, aud="somebody else")),
    Scene("with-silent", lambda person, _: person.open("/sign-in").press("with-silent")),
    Scene("with-begun-elsewhere", _at("/sign-in/with/elsewhere/callback?state=x&code=y")),
    Scene("with-nobody", _at("/sign-in/with/nobody/callback?state=x&code=y")),
    Scene("with-unproven", _unproven()),
    Scene("with-unproven-refused", _unproven(code="00000000")),
    Scene("with-unproven-dead", _at("/sign-in/finish")),
    Scene("with-account", _at("/account"), "linked"),
    Scene("with-account-stale", _at("/account"), "stale"),
    Scene("with-account-last-way", _at("/account"), "vouched"),
    Scene("with-confirm", _at("/account/confirm"), "stale"),
    Scene("with-confirm-alone", _at("/account/confirm"), "vouched"),
    Scene("with-confirm-other", _confirming, "stale"),
    Scene("gate-failed", _at("/forward-auth/failed")),
    Scene("gate-failed-host", _at(f"/forward-auth/failed?{_ABOUT}"), "member"),
    Scene("gate-forbidden", _at(f"/forward-auth/forbidden?{_ABOUT}"), "member"),
    Scene("gate-forbidden-stranger", _at("/forward-auth/forbidden")),
)

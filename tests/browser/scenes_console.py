"""Every state of the pages of the console."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from playwright.sync_api import Browser, StorageState

from tests.browser.people import Person
from tests.browser.scenes import PAYROLL, Scene, asking, signed_in
from tests.browser.server import Server

LONG: Final = "katherine.with.a.rather.long.nam"
_HOSTILE: Final = '<img src=x onerror=alert(1)> "Reports" & Sons'


@dataclass(frozen=True)
class StageConsole:
    """What scenes are played with: accounts by name, and who was signed in where; `stale` operates, an hour ago."""

    accounts: Mapping[str, str]
    people: Mapping[str, StorageState]

    @classmethod
    def build(cls, server: Server, browser: Browser) -> Self:
        """Return a stage with two operators, a member with three devices and an application, and one locked out."""
        olga, stale, member = (server.account(name) for name in ("olga", "octavia", "margery"))
        locked, disabled, _ = (server.account(name) for name in ("lucia", "delia", LONG))
        server.claim("clara")
        for name in (olga, stale):
            server.run("users", "grant", name, "operator")
        server.run("users", "grant", member, "editor")
        server.run("users", "disable", disabled)
        server.suspend(locked)
        server.sign_in_app(member, "Margery's phone, the one with the cracked screen")
        server.sign_in_app(member, "Tablet in the kitchen")
        server.client("Console", "--type", "spa", "--redirect-uri", PAYROLL)
        server.client("Machine", "--type", "service")
        server.run("clients", "add", _HOSTILE, "--id", "hostile", "--type", "web", "--redirect-uri", PAYROLL)
        people = {name: signed_in(browser, server, name) for name in (olga, stale, member)}
        _let_in(Person.at(browser, server.base, state=people[member]))
        server.make_stale(stale)
        ids = {name: server.id_of(name) for name in (olga, member, locked, disabled, LONG)}
        return cls(ids, {"operator": people[olga], "stale": people[stale], "member": people[member]})


Act = Callable[[Person, StageConsole], object]


def _let_in(person: Person) -> None:
    """Let an application in, whose own page does not exist here."""
    person.open(asking("console", PAYROLL, scope="openid profile email offline_access"))
    fields: dict[str, str | float | bool] = {
        name: person.page.input_value(f"#consent-form input[name={name}]") for name in ("csrf_token", "request")
    }
    origin = person.page.url.split("/consent", maxsplit=1)[0]
    headers = {"origin": origin, "sec-fetch-site": "same-origin"}
    person.page.request.post("/consent", form=fields | {"decision": "allow"}, headers=headers, max_redirects=0)
    person.context.close()


def _at(path: str) -> Act:
    return lambda person, _: person.open(f"/console{path}")


def _of(name: str, end: str = "") -> Act:
    return lambda person, stage: person.open(f"/console/accounts/{stage.accounts[name]}{end}")


def _rotated(person: Person, _: StageConsole) -> None:
    person.open("/console/clients/machine/rotate-secret").press("ask-submit")


def _form_refused(person: Person, _: StageConsole) -> None:
    person.open("/console/new-client").fill(name="", redirect_uris="http://app.example/back").press("client-submit")


SCENES_CONSOLE: Final[tuple[Scene[StageConsole], ...]] = (
    Scene("console", _at(""), "operator"),
    Scene("console-accounts", _at("/accounts"), "operator"),
    Scene("console-accounts-claim", _at("/accounts?q=clara"), "operator"),
    Scene("console-operators", _at("/accounts/operators"), "operator"),
    Scene("console-account", _of("margery"), "operator"),
    Scene("console-account-locked", _of("lucia"), "operator"),
    Scene("console-account-long", _of(LONG), "operator"),
    Scene("console-account-role-refused", _of("margery", "/grant?target=Not+a+role"), "operator"),
    Scene("console-ask", _of("margery", "/disable"), "operator"),
    Scene("console-clients", _at("/clients"), "operator"),
    Scene("console-client", _at("/clients/console"), "operator"),
    Scene("console-client-refused", _form_refused, "operator"),
    Scene("console-client-rotate", _at("/clients/machine/rotate-secret"), "operator"),
    Scene("console-client-secret", _rotated, "operator"),
    Scene("console-consents-refused", _at("/consents?account=nobody"), "operator"),
    Scene("console-consents-account", _at("/consents?account=margery"), "operator"),
    Scene("console-consents-client", _at("/consents?client=console"), "operator"),
)
"""Each page of the console at its fullest."""

OTHERS_CONSOLE: Final[tuple[Scene[StageConsole], ...]] = (
    Scene("console-closed", _at(""), "member"),
    Scene("console-sign-in", _at("/accounts")),
    Scene("console-confirm", _of("margery", "/disable"), "stale"),
    Scene("console-accounts-found", _at("/accounts?q=k"), "operator"),
    Scene("console-accounts-none", _at("/accounts?q=nobody"), "operator"),
    Scene("console-account-self", _of("olga"), "operator"),
    Scene("console-account-disabled", _of("delia", "?notice=disabled"), "operator"),
    Scene("console-ask-unlock", _of("lucia", "/unlock"), "operator"),
    Scene("console-account-missing", _at(f"/accounts/{'0' * 26}"), "operator"),
    Scene("console-clients-none", _at("/clients?q=nothing"), "operator"),
    Scene("console-client-new", _at("/new-client"), "operator"),
    Scene("console-client-change", _at("/clients/hostile/change"), "operator"),
    Scene("console-client-remove", _at("/clients/console/remove"), "operator"),
    Scene("console-consents", _at("/consents"), "operator"),
)
"""The same pages otherwise, for pictures alone: nothing is on them that is not on those above, or on other pages."""

"""Every page in every state that it has, and how one gets there."""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from playwright.sync_api import Browser, StorageState

from tests.browser.people import Person
from tests.browser.server import WRONG_PASSWORD, Server


class HasPeople(Protocol):
    """What every stage has."""

    @property
    def people(self) -> Mapping[str, StorageState]:
        """Who was signed in before, by name."""


PAYROLL: Final = "https://payroll.example/back"

StageT = TypeVar("StageT", bound=HasPeople)


@dataclass(frozen=True)
class Scene(Generic[StageT]):
    """One state of a page. `who` is whose browser it is, by the name in the stage; None for a stranger's."""

    name: str
    act: Callable[[Person, StageT], object]
    who: str | None = None

    def play(self, browser: Browser, server: Server, stage: StageT, **look: object) -> Person:
        """Return somebody who stands where the scene plays."""
        state = None if self.who is None else stage.people[self.who]
        person = Person.at(browser, server.base, state=state, **look)  # type: ignore[arg-type]  # see `at`
        self.act(person, stage)
        return person


@dataclass(frozen=True)
class Stage:
    """What scenes are played with: links that work, and who was signed in where."""

    links: Mapping[str, str]
    asks: Mapping[str, str]
    mail: str
    people: Mapping[str, StorageState]

    @classmethod
    def build(cls, server: Server, browser: Browser) -> "Stage":
        """Return a stage with a member who has three devices, and another who signed in an hour ago."""
        member, stale, guessed = server.account("margaret"), server.account("hedy"), server.account("joan")
        verify = server.claim("annie")
        regular, pictured = server.account("dorothy"), server.account("barbara")
        links = {
            "verify": f"/verify?token={verify.token}",
            "reset": f"/reset?token={server.reset(guessed).token}",
            "unlock": f"/unlock?token={server.suspend(guessed).token}",
            "setup": server.setup_link,
        }
        server.sign_in_app(member, "Margaret's phone")
        server.sign_in_app(member, "Tablet in the kitchen")
        names = {"member": member, "stale": stale, "regular": regular, "pictured": pictured}
        people = {role: signed_in(browser, server, name) for role, name in names.items()}
        server.make_stale(stale)
        return cls(links, _asks(server), f"/dev/mail/{verify.id}", people)


DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"

Act = Callable[[Person, Stage], object]


def signed_in(browser: Browser, server: Server, name: str) -> StorageState:
    """Return the browser of somebody who has signed in."""
    person = Person.at(browser, server.base).sign_in(name)
    state = person.context.storage_state()
    person.context.close()
    return state


def _at(path: str) -> Act:
    return lambda person, _: person.open(path)


def _by_link(name: str) -> Act:
    return lambda person, stage: person.open(stage.links[name])


def _sent(path: str, button: str, **typed: str) -> Act:
    return lambda person, _: person.open(path).fill(**typed).press(button)


def _sent_by_link(name: str, button: str, **typed: str) -> Act:
    return lambda person, stage: person.open(stage.links[name]).fill(**typed).press(button)


def _asks(server: Server) -> dict[str, str]:
    """Register applications, and return how each asks for access."""
    payroll, printer, own = PAYROLL, "com.example.printer:/back", "https://own.example/back"
    server.client("Payroll", "--type", "spa", "--redirect-uri", payroll, *_SCOPES)
    server.client("Printer", "--type", "native", "--redirect-uri", printer)
    server.client("Intranet", "--type", "spa", "--redirect-uri", own, "--first-party")
    server.client("Television", "--type", "native", "--grant", DEVICE, "--grant", "refresh_token", *_SCOPES)
    server.client("Kiosk", "--type", "native", "--grant", DEVICE, "--scope", "openid", "--first-party")
    wide = "openid profile email offline_access reports:read"
    return {
        "consent": asking("payroll", payroll, scope=wide),
        "again": asking("payroll", payroll, scope=wide, prompt="consent"),
        "sign-in": asking("payroll", payroll),
        "confirm": asking("payroll", payroll, prompt="login"),
        "post": asking("payroll", payroll, prompt="none", response_mode="form_post"),
        "unverified": asking("printer", printer),
        "leave": asking("printer", printer, prompt="none"),
        "own": asking("intranet", own, prompt="select_account"),
        "unknown": asking("nobody", payroll),
        "elsewhere": asking("payroll", "https://evil.example/back"),
    }


_SCOPES: Final = tuple(
    option
    for scope in ("openid", "profile", "email", "offline_access", "reports:read")
    for option in ("--scope", scope)
)


def asking(client_id: str, redirect_uri: str, **changed: str) -> str:
    """Return how an application asks for access, as a path."""
    fields = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "openid profile",
        "state": "xyz",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    return f"/oauth/authorize?{urlencode(fields | changed)}"


def device(person: Person, client_id: str, scope: str = "openid profile") -> dict[str, str]:
    """Return the codes that a device of an application gets."""
    fields: dict[str, str | float | bool] = {"client_id": client_id, "scope": scope}
    headers = {"user-agent": "TelevisionOS/4"}
    shown: dict[str, str] = person.page.request.post("/oauth/device_authorization", form=fields, headers=headers).json()
    return shown


def _device_link(person: Person, _: Stage) -> None:
    person.open(f"/device?user_code={device(person, 'television')['user_code']}")


def _device(client_id: str, scope: str) -> Act:
    """Type the code of a device, once: an account has five tries in ten minutes."""
    return lambda person, _: (
        person.open("/device").fill(user_code=device(person, client_id, scope)["user_code"]).press("device-submit")
    )


def _asked(name: str) -> Act:
    return lambda person, stage: person.open(stage.asks[name])


def _other_account(person: Person, stage: Stage) -> None:
    person.open(stage.asks["consent"]).press("other-account-link")


def _connected(person: Person, stage: Stage) -> None:
    """Let an application in, whose own page does not exist here, and look at the list."""
    person.open(stage.asks["again"])
    token = person.page.input_value("#consent-form input[name=csrf_token]")
    request = person.page.input_value("#consent-form input[name=request]")
    fields: dict[str, str | float | bool] = {"csrf_token": token, "request": request, "decision": "allow"}
    origin = f"{person.page.url.split('/consent', maxsplit=1)[0]}"
    headers = {"origin": origin, "sec-fetch-site": "same-origin"}
    person.page.request.post("/consent", form=fields, headers=headers, max_redirects=0)
    person.open("/account/applications")


def _pictured(person: Person, _: Stage) -> None:
    _with_picture(person, a_picture())


def _pictured_badly(person: Person, _: Stage) -> None:
    _with_picture(person, b"<svg/>")


def _with_picture(person: Person, content: bytes) -> None:
    person.open("/account")
    person.page.set_input_files("#picture", {"name": "me.png", "mimeType": "image/png", "buffer": content})
    person.press("picture-submit")


def a_picture(edge: int = 300) -> bytes:
    """Return a PNG: a disc before a sky that fades (RFC 2083)."""
    rows = bytearray()
    for y in range(edge):
        rows.append(0)
        for x in range(edge):
            is_inside = (x - edge * 0.5) ** 2 + (y - edge * 0.55) ** 2 < (edge * 0.3) ** 2
            rows += bytes((235, 178 - y // 4, 90) if is_inside else (30 + y // 4, 90 + y // 4, 160))
    head = struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _forged(person: Person, _: Stage) -> None:
    person.open("/sign-in").context.clear_cookies()
    person.fill(username="margaret", password=WRONG_PASSWORD).press("sign-in-submit")


_NEWCOMER: Final = {"username": "m", "email": "margaret at mail", "password": "short"}

SCENES: Final[tuple[Scene[Stage], ...]] = (
    Scene("home", _at("/")),
    Scene("home-signed-in", _at("/"), "member"),
    Scene("sign-in", _at("/sign-in")),
    Scene("sign-in-notice", _at("/sign-in?notice=password_reset")),
    Scene("sign-in-empty", _sent("/sign-in", "sign-in-submit")),
    Scene("sign-in-refused", _sent("/sign-in", "sign-in-submit", username="nobody", password=WRONG_PASSWORD)),
    Scene("register", _at("/register")),
    Scene("register-refused", _sent("/register", "register-submit", **_NEWCOMER)),
    Scene(
        "register-sent",
        _sent(
            "/register",
            "register-submit",
            username="katherine",
            email="katherine.with.a.rather.long.name@a-rather-long-name-of-a-host.example",
            password="correct horse battery staple",
        ),
    ),
    Scene("verify", _by_link("verify")),
    Scene("verify-code", _at("/verify")),
    Scene("verify-dead", _at("/verify?token=dead")),
    Scene("verify-refused", _sent("/verify", "verify-submit", email="annie@mail.example", code="00000000")),
    Scene("verify-resent", lambda person, _: _resend(person)),
    Scene("forgot", _at("/forgot")),
    Scene("forgot-refused", _sent("/forgot", "forgot-submit", email="margaret at mail")),
    Scene("forgot-sent", _sent("/forgot", "forgot-submit", email="nobody@mail.example")),
    Scene("reset", _by_link("reset")),
    Scene("reset-refused", _sent_by_link("reset", "reset-submit", new_password="short")),
    Scene("reset-dead", _at("/reset?token=dead")),
    Scene("reset-code", _at("/reset")),
    Scene("reset-code-refused", _sent("/reset", "reset-submit", email="", code="", new_password="short")),
    Scene("unlock", _by_link("unlock")),
    Scene("unlock-dead", _at("/unlock?token=dead")),
    Scene("unlock-code", _at("/unlock")),
    Scene("unlock-code-refused", _sent("/unlock", "unlock-submit", email="", code="")),
    Scene("setup", _by_link("setup")),
    Scene("setup-refused", _sent_by_link("setup", "setup-submit", **_NEWCOMER)),
    Scene("setup-dead", _at("/setup?token=dead")),
    Scene("account", _at("/account"), "member"),
    Scene("account-notice", _at("/account?notice=password_changed"), "member"),
    Scene("account-picture", _pictured, "pictured"),
    Scene("account-picture-refused", _pictured_badly, "pictured"),
    Scene("account-refused", _sent("/account", "username-submit", username="m"), "member"),
    Scene("account-stale", _at("/account"), "stale"),
    Scene("confirm", _at("/account/confirm"), "stale"),
    Scene("confirm-refused", _sent("/account/confirm", "confirm-submit"), "stale"),
    Scene("sessions", _at("/account/sessions"), "member"),
    Scene("sign-out", _at("/sign-out"), "member"),
    Scene("sign-out-application", _at("/oauth/logout?client_id=payroll"), "member"),
    Scene("error-sign-out", _at("/oauth/logout?client_id=nobody"), "member"),
    Scene("application-sign-in", _asked("sign-in")),
    Scene("application-confirm", _asked("confirm"), "member"),
    Scene("application-other-account", _other_account, "member"),
    Scene("consent", _asked("consent"), "member"),
    Scene("consent-unverified", _asked("unverified"), "member"),
    Scene("consent-own", _asked("own"), "member"),
    Scene("device-sign-in", _at("/device")),
    Scene("device", _at("/device"), "member"),
    Scene("device-link", _device_link, "member"),
    Scene("device-refused", _sent("/device", "device-submit", user_code="WDJB"), "member"),
    Scene("device-confirm", _device("television", "openid profile email offline_access reports:read"), "member"),
    Scene("device-confirm-own", _device("kiosk", "openid"), "regular"),
    Scene("device-done", _at("/device?notice=device_allowed"), "member"),
    Scene("device-denied", _at("/device?notice=device_refused"), "member"),
    Scene("error-device", _at("/device/confirm?request=dead"), "member"),
    Scene("applications-empty", _at("/account/applications"), "member"),
    Scene("applications", _connected, "regular"),
    Scene("answer-leave", _asked("leave")),
    Scene("error-client", _asked("unknown")),
    Scene("error-redirect", _asked("elsewhere")),
    Scene("error-request", _at("/consent?request=dead")),
    Scene("mailbox", _at("/dev/mail")),
    Scene("mailbox-empty", _at("/dev/mail?to=nobody@mail.example")),
    Scene("mail", lambda person, stage: person.open(stage.mail)),
    Scene("error-missing", _at("/nowhere")),
    Scene("error-forged", _forged),
)


def _resend(person: Person) -> None:
    person.open("/verify").fill(resend_email="annie@mail.example").press("resend-submit")

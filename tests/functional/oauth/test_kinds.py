"""No kind of token is ever taken for another: every kind at every place where one is shown. RFC 8725 section 3.12."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from httpx2 import Response

from doorward.core.keys.records import Algorithm
from doorward.core.oauth.grants.exchange_token import ACCESS_TOKEN
from doorward.core.onetime.records import Purpose
from tests.applications import REPORTS, SERVER, another
from tests.builders import CALLBACK, ISSUER
from tests.devices import GRANT, Television
from tests.functional.oauth.conftest import Caller
from tests.functional.site import Site
from tests.proofs import Holder

EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"


class Drawer:
    """One of each kind, all of them good where they belong."""

    def __init__(self, site: Site) -> None:
        client = another(
            SERVER,
            resources=(REPORTS,),
            audiences=(REPORTS,),
            backchannel_logout_uri="https://app.example/told",
            post_logout_redirect_uris=(CALLBACK,),
            userinfo_algorithm=Algorithm.ES256,
        )
        self.site, self.caller = site, Caller(site, client)
        self.device, self.browser = site.device(), site.browser()
        self.device.sign_in()
        self.browser.sign_in()

    def kind(self, name: str) -> str:
        """Return a fresh token of a kind."""
        return KINDS[name](self)

    def logout_token(self) -> str:
        """Return the token that tells of an end."""
        self.caller.post("/oauth/revoke", token=self.caller.tokens()["refresh_token"])
        self.site.house.deliver()
        return self.site.house.wire.posted[-1][1]["logout_token"]

    def one_time(self, purpose: Purpose) -> str:
        """Return the token of something that may be used once."""
        house = self.site.house
        minted = house.tools.mint.make(purpose, self.caller.app.account_id, now=house.clock.now())
        with house.store.work() as work:
            work.onetimes.add(minted.artefact)
        return minted.token

    def device_code(self) -> str:
        """Return the code of a device that somebody has let in."""
        return Television(self.site.house, self.caller.client).allow().shown.device_code

    def user_code(self) -> str:
        """Return a code that a device shows."""
        return Television(self.site.house, self.caller.client).shown.user_code

    def ticket(self) -> str:
        """Return what a browser carries to the page that asks about a device."""
        return Television(self.site.house, self.caller.client).enter()

    def signed_userinfo(self) -> str:
        """Return what userinfo says of somebody, signed."""
        token = self.caller.tokens()["access_token"]
        return self.caller.http.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"}).text


KINDS: Final[Mapping[str, Callable[[Drawer], str]]] = {
    "code": lambda drawer: drawer.caller.app.code(),
    "refresh token": lambda drawer: drawer.caller.tokens()["refresh_token"],
    "access token": lambda drawer: drawer.caller.tokens()["access_token"],
    "access token for a resource": lambda drawer: drawer.caller.tokens(resources=(REPORTS,))["access_token"],
    "ID token": lambda drawer: drawer.caller.tokens()["id_token"],
    "logout token": Drawer.logout_token,
    "signed userinfo": Drawer.signed_userinfo,
    "proof": lambda drawer: Holder().proof("POST", f"{ISSUER}/oauth/token", drawer.site.clock.now()),
    "client secret": lambda drawer: drawer.caller.app.secret,
    "pushed request": lambda drawer: drawer.one_time(Purpose.PUSHED_REQUEST),
    "link of a mail": lambda drawer: drawer.one_time(Purpose.RESET_PASSWORD),
    "device code": Drawer.device_code,
    "user code": Drawer.user_code,
    "ticket of the page for devices": Drawer.ticket,
    "artefact of a device code": lambda drawer: drawer.one_time(Purpose.DEVICE_CODE),
    "artefact of a user code": lambda drawer: drawer.one_time(Purpose.USER_CODE),
    "access token of an app": lambda drawer: drawer.device.access_token,
    "refresh token of an app": lambda drawer: drawer.device.refresh_token,
    "device token": lambda drawer: drawer.device.device_token,
    "access token of a browser": lambda drawer: str(drawer.browser.cookie("access")),
    "refresh token of a browser": lambda drawer: str(drawer.browser.cookie("refresh")),
    "token of the pages": lambda drawer: str(drawer.browser.cookie("sso")),
}


def at_code(drawer: Drawer, token: str) -> Response:
    return drawer.caller.exchange(token)


def at_refresh(drawer: Drawer, token: str) -> Response:
    return drawer.caller.post("/oauth/token", grant_type="refresh_token", refresh_token=token)


def at_device(drawer: Drawer, token: str) -> Response:
    return drawer.caller.post("/oauth/token", grant_type=GRANT, device_code=token)


def at_device_page(drawer: Drawer, token: str) -> Response:
    """Type it where people type the code that a device shows."""
    return drawer.browser.client.get("/device/confirm", params={"request": token}, follow_redirects=False)


def at_exchange(drawer: Drawer, token: str) -> Response:
    fields = {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN}
    return drawer.caller.post("/oauth/token", None, **fields)


def at_userinfo(drawer: Drawer, token: str) -> Response:
    return drawer.caller.http.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})


def at_introspection(drawer: Drawer, token: str) -> Response:
    return drawer.caller.post("/oauth/introspect", token=token)


def at_hint(drawer: Drawer, token: str) -> Response:
    return drawer.browser.client.get("/oauth/logout", params={"id_token_hint": token}, follow_redirects=False)


def at_mobile(drawer: Drawer, token: str) -> Response:
    return drawer.caller.http.get("/v1/mobile/me", headers={"authorization": f"Bearer {token}"})


def at_mobile_refresh(drawer: Drawer, token: str) -> Response:
    return drawer.caller.http.post("/v1/auth/refresh_mobile", json={"refresh_token": token})


PLACES: Final[Mapping[str, tuple[Callable[[Drawer, str], Response], frozenset[str]]]] = {
    "as a code": (at_code, frozenset({"code"})),
    "as a refresh token": (at_refresh, frozenset({"refresh token"})),
    "as a device code": (at_device, frozenset({"device code"})),
    "at the page that asks about a device": (at_device_page, frozenset()),
    "as a token to exchange": (at_exchange, frozenset({"access token for a resource"})),
    "at userinfo": (at_userinfo, frozenset({"access token"})),
    "at introspection": (
        at_introspection,
        frozenset({"access token", "access token for a resource", "refresh token"}),
    ),
    "as a hint to sign out": (at_hint, frozenset({"ID token"})),
    "at our own API": (at_mobile, frozenset({"access token of an app"})),
    "as a refresh token of an app": (at_mobile_refresh, frozenset({"refresh token of an app"})),
}
"""Where a token is shown, and which kinds are taken there."""


def is_taken(answer: Response) -> bool:
    """Tell whether a token was taken for what was asked for."""
    if answer.status_code != 200:
        assert answer.status_code < 500, answer.text
        return False
    return not answer.headers["content-type"].startswith("application/json") or answer.json().get("active", True)


@pytest.fixture
def drawer(people: Site) -> Drawer:
    return Drawer(people)


@pytest.mark.requirement("J-09")
@pytest.mark.parametrize("place", PLACES)
def test_place_takes_its_own_kinds_and_no_other(drawer: Drawer, place: str) -> None:
    show, right = PLACES[place]

    taken = {name for name in KINDS if is_taken(show(drawer, drawer.kind(name)))}

    assert taken == right


@pytest.mark.requirement("J-09", "R-02")
def test_revocation_ends_nothing_by_what_is_no_token_of_the_client(drawer: Drawer) -> None:
    tokens = drawer.caller.tokens()
    others = set(KINDS) - {"access token", "access token for a resource", "refresh token", "logout token"}

    answers = {name: drawer.caller.post("/oauth/revoke", token=drawer.kind(name)).status_code for name in others}

    assert set(answers.values()) <= {200, 400}
    assert is_taken(at_userinfo(drawer, tokens["access_token"]))
    assert is_taken(at_mobile(drawer, drawer.device.access_token))
    assert drawer.browser.get("/account").status_code == 200

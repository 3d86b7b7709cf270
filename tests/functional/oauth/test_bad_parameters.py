"""Every parameter of every endpoint for applications, sent in every wrong way: an error of RFC 6749, and no trace."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

import pytest
from httpx2 import Response

from doorward.core.keys.jose import b64url_encode
from doorward.core.oauth.authorize.checks import KNOWN, LONGEST
from doorward.core.oauth.grants.exchange_token import ACCESS_TOKEN
from tests.applications import INVOICES, REPORTS, SERVER, Application, another
from tests.authorizing import asking
from tests.builders import CALLBACK
from tests.functional.authorize.guest import Guest
from tests.functional.oauth.conftest import Caller, error
from tests.functional.oauth.contents import Unchanged, changed, contents
from tests.functional.site import Site

TOKEN: Final = "/oauth/token"
EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
NONSENSE: Final = (
    "\x00",
    "\r\nx: y",
    "[]",
    "{}",
    '{"$ne":null}',
    "true",
    "-1",
    "\u202e",
    "%00",
    "' OR 1=1 --",
    "x" * 5000,
)
LONG: Final = 1000
TOO_LONG: Final = "x" * 16_385
Fields = Mapping[str, str]


def code(app: Application) -> Fields:
    return {
        "grant_type": "authorization_code",
        "code": app.code(),
        "redirect_uri": CALLBACK,
        "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    }


def refresh(app: Application) -> Fields:
    return {"grant_type": "refresh_token", "refresh_token": app.exchange().refresh_token or "", "scope": "openid"}


def credentials(_: Application) -> Fields:
    return {"grant_type": "client_credentials", "scope": "reports:read", "resource": REPORTS}


def exchange(app: Application) -> Fields:
    return {
        "grant_type": EXCHANGE,
        "subject_token": app.exchange(app.code(resources=(REPORTS,))).access_token,
        "subject_token_type": ACCESS_TOKEN,
        "resource": REPORTS,
        "scope": "openid",
    }


def push(app: Application) -> Fields:
    asked = asking(client_id=app.client.id, scope="openid", prompt="login", max_age="60", ui_locales="en")
    return {**asked, "claims": '{"userinfo":{}}', "dpop_jkt": b64url_encode(bytes(32)), "resource": REPORTS}


def look(app: Application) -> Fields:
    return {"token": app.exchange().access_token, "token_type_hint": "access_token"}


ENDPOINTS: Final[Mapping[str, tuple[str, Callable[[Application], Fields]]]] = {
    "code": (TOKEN, code),
    "refresh token": (TOKEN, refresh),
    "client credentials": (TOKEN, credentials),
    "token exchange": (TOKEN, exchange),
    "pushing": ("/oauth/par", push),
    "introspection": ("/oauth/introspect", look),
    "revocation": ("/oauth/revoke", look),
}
"""Each endpoint, and what is right there."""

MORE: Final = ("client_id", "client_secret", "client_assertion", "client_assertion_type", "unknown")
"""What may stand beside it."""

FREE: Final = frozenset({"token_type_hint", "unknown", "ui_locales", "client_assertion_type"})
"""What may hold anything."""

TEXT: Final = frozenset({"state", "nonce"})
"""What may hold any visible text of ASCII."""


@pytest.fixture
def caller(people: Site) -> Caller:
    """Return an application that may use every grant."""
    return Caller(people, another(SERVER, redirect_uris=(CALLBACK,), resources=(REPORTS, INVOICES)))


class Tries:
    """Sends wrong requests to one endpoint, each of which must leave the store as it was."""

    def __init__(self, caller: Caller, endpoint: str) -> None:
        self.caller, (self.path, self._right) = caller, ENDPOINTS[endpoint]
        self.begin()
        self.names = (*self.right, *MORE)

    def begin(self) -> None:
        """Have something right to send."""
        self.right = dict(self._right(self.caller.app))
        self._unchanged = Unchanged(self.caller.site)

    def value(self, name: str) -> str:
        """Return what a parameter holds where it is right, or something."""
        return self.right.get(name, self.caller.client.id if name == "client_id" else "x")

    def send(self, text: str, query: str = "") -> Response:
        """Send a form as it is spelled, which must leave no trace if it is refused."""
        answer = self.caller.post_text(f"{self.path}{query}", text)
        assert answer.status_code < 500, (text, answer.text)
        assert "location" not in answer.headers
        assert answer.status_code in (200, 201) or self._unchanged, text
        return answer

    def with_one(self, name: str, value: str) -> str:
        """Return the right form with one parameter that holds something else, or is there besides."""
        return urlencode({**self.right, name: value})

    def finish(self, more: str = "") -> None:
        """See that nothing broke, and that the right request still works: nothing of it was used up."""
        self._unchanged.close()
        assert self.caller.site.notes.failures == []
        answer = self.caller.post_text(self.path, f"{urlencode(self.right)}{more}")
        assert answer.status_code in (200, 201), answer.text


@pytest.fixture(params=ENDPOINTS)
def tries(request: pytest.FixtureRequest, caller: Caller) -> Iterator[Tries]:
    made = Tries(caller, request.param)
    yield made
    made.finish()


@pytest.mark.requirement("O-04", "V-14")
def test_parameter_that_comes_twice_is_refused_wherever_its_second_one_stands(tries: Tries) -> None:
    for name in tries.names:
        once = urlencode({name: tries.value(name)})
        others = urlencode({key: value for key, value in tries.right.items() if key != name})
        shapes = [(f"{others}&{once}&{once}", ""), (f"{others}&{once}", f"?{once}")]
        if name == "resource" and tries.path == "/oauth/par":
            shapes = shapes[1:]  # the one parameter that may come more than once there (RFC 8707 section 2)

        assert [error(tries.send(*shape)) for shape in shapes] == [(400, "invalid_request")] * len(shapes), name


@pytest.mark.requirement("O-02", "O-04")
def test_parameter_in_the_address_is_refused(tries: Tries) -> None:
    for name in tries.names:
        inside = urlencode({key: value for key, value in tries.right.items() if key != name})

        assert error(tries.send(inside, f"?{urlencode({name: tries.value(name)})}")) == (400, "invalid_request"), name


@pytest.mark.requirement("V-25")
def test_parameter_that_is_too_long_is_refused(tries: Tries) -> None:
    for name in tries.names:
        if tries.path == "/oauth/par" and name in MORE[1:]:
            continue  # proofs are read elsewhere, and what is unknown there is not kept
        status, _ = error(tries.send(tries.with_one(name, TOO_LONG)))

        assert status in (400, 401), name


@pytest.mark.requirement("O-04")
def test_parameter_that_is_empty_counts_as_absent(tries: Tries) -> None:
    empty = "&".join(f"{name}=" for name in (*MORE, "resource") if name not in tries.right)

    tries.finish(f"&{empty}")
    tries.begin()


@pytest.mark.requirement("V-14", "V-24")
def test_parameter_of_another_kind_is_refused(tries: Tries) -> None:
    for name in tries.names:
        if name in FREE | {"redirect_uri", "code_verifier", "token"}:
            continue  # what uses a code up, and what is only looked for, have their own tests
        for value in NONSENSE:
            is_text = name in TEXT and value.isascii() and value.isprintable() and len(value) < LONG
            if is_text or (name, value[:1]) == ("claims", "{"):
                continue
            answer = tries.send(tries.with_one(name, value))

            assert answer.status_code in (400, 401), (name, value)
            error(answer)


@pytest.mark.requirement("P-05", "O-14")
@pytest.mark.parametrize("name", ["redirect_uri", "code_verifier"])
def test_proof_of_a_code_of_another_kind_uses_the_code_up_and_begins_nothing(caller: Caller, name: str) -> None:
    before = contents(caller.site)
    for value in (*NONSENSE, ""):
        answer = caller.post_text(TOKEN, urlencode({**code(caller.app), name: value}))

        assert error(answer) == (400, "invalid_grant"), value
    assert changed(before, contents(caller.site)) <= {"dw_audit", "dw_audit_head"}


@pytest.mark.requirement("I-02", "R-02")
@pytest.mark.parametrize(("path", "told"), [("/oauth/introspect", {"active": False}), ("/oauth/revoke", {})])
def test_token_that_is_none_is_nothing_and_ends_nothing(caller: Caller, path: str, told: object) -> None:
    tokens = caller.tokens()
    before = contents(caller.site)
    cut = [tokens["access_token"][:-1], tokens["refresh_token"][:-1], f"{tokens['refresh_token']}x"]

    answers = [caller.post(path, None, token=value) for value in (*NONSENSE, *cut)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, told)] * len(answers)
    assert changed(before, contents(caller.site)) == set()


@pytest.mark.requirement("O-04", "V-08")
def test_sign_out_request_that_is_repeated_or_of_another_kind_signs_nobody_out(caller: Caller) -> None:
    browser = caller.site.browser()
    browser.sign_in()
    hint = caller.tokens()["id_token"]
    right = {"id_token_hint": hint, "client_id": caller.client.id, "state": "x"}
    before = contents(caller.site)

    for name, value in right.items():
        twice = urlencode([*right.items(), (name, value)])
        assert browser.get(f"/oauth/logout?{twice}").status_code == 400, name
        assert browser.client.post("/oauth/logout", data={**right, name: [value, value]}).status_code == 400, name
    for name in ("id_token_hint", "client_id", "post_logout_redirect_uri"):
        for nonsense in NONSENSE:
            answer = browser.get(f"/oauth/logout?{urlencode({**right, name: nonsense})}")
            assert (answer.status_code, "location" in answer.headers) == (400, False), (name, nonsense)
    assert browser.get("/account").status_code == 200
    assert changed(before, contents(caller.site)) == set()
    assert caller.site.notes.failures == []


@pytest.mark.requirement("V-25", "O-08")
def test_authorization_parameter_that_is_too_long_is_refused_and_nothing_is_kept(caller: Caller) -> None:
    guest, right = Guest(caller.site), asking(client_id=caller.client.id)
    before = contents(caller.site)
    for name in sorted(KNOWN | {"request", "request_uri"}):
        guest.send({**right, name: "x" * (LONGEST.get(name, 2048) + 1)})

        if name in ("client_id", "redirect_uri"):
            assert guest.error in ("CLIENT_UNKNOWN", "REDIRECT_URI_REFUSED")
        else:
            assert set(guest.told) - {"state"} == {"error", "error_description", "iss"}, name
            assert len(guest.led_to) < LONG
    assert changed(before, contents(caller.site)) == set()
    assert caller.site.notes.failures == []

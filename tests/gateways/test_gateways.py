"""nginx, Traefik, Caddy and Envoy, configured as the guides say, before a real server and a real application."""

import json
import socket
from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin

import httpx2
import pytest

from tests.gateways.people import NAVIGATION, Person, Place, an_account
from tests.gateways.servers import GATEWAYS, Ports, a_gateway, an_application, program_of
from tests.parts import missing
from tests.processes import PATIENCE, free_port, ran, serving

ROLE: Final = "analyst"
FIELDS: Final = ("subject", "session", "username", "email", "roles", "time")
FETCH: Final = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "accept": "*/*"}
FORGED: Final = {
    "x-auth-subject": "root",
    "x-auth-roles": "operator",
    "x-auth-scopes": "everything",
    "X-Auth-Client": "root",
    "X-AUTH-EMAIL": "root@evil.example",
}
FORGED_ABOUT: Final = (
    {"x-forwarded-host": "127.0.0.1", "x-forwarded-uri": "/open", "x-forwarded-method": "GET"},
    {"x-forwarded-proto": "https"},
    {"x-original-url": "http://localhost/open"},
    {"x-original-method": "GET"},
    {"x-forwarded-for": "127.0.0.1"},
)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Run Doorward and an application, which every gateway of this module stands before in turn.

    The other host is open to one role, which Margaret has and Joan has not.
    """
    folder = tmp_path_factory.mktemp("behind")
    gateway, own = free_port(), free_port()
    hosts = [{"origin": f"http://localhost:{gateway}"}, {"origin": f"http://127.0.0.1:{gateway}", "role": ROLE}]
    variables = {
        "DOORWARD_ISSUER": f"http://localhost:{gateway}",
        "DOORWARD_PROTECTED_HOSTS": json.dumps(hosts),
        "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32",
    }
    with an_application() as application, serving(folder / "data", port=own, variables=variables) as server:
        for name in ("margaret", "joan"):
            an_account(server, name)
        granted = ran("users", "grant", "margaret", ROLE, "--data-dir", str(folder / "data"), cwd=folder)
        assert granted[0] == 0, granted
        yield Ports(gateway, own, application)


@pytest.fixture(scope="module", params=GATEWAYS)
def place(request: pytest.FixtureRequest, behind: Ports, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    name: str = request.param
    program = program_of(name)
    if program is None:
        missing(f"{name} is not here", remedy="`scripts/system-parts gateways`, and requirements/dev.txt, bring it")
    with a_gateway(name, program, tmp_path_factory.mktemp("gateway") / name, behind):
        yield Place(name, behind)


@pytest.fixture
def person(place: Place) -> Iterator[Person]:
    someone = Person(place)
    with someone.client:
        yield someone


def addresses(place: Place) -> tuple[str, str]:
    """Return a page below a path of the issuer's host, and one on another host."""
    return f"{place.ports.issuer}/app/list?month=5&q=a%2Fb", f"{place.ports.reports}/list?month=5&q=a%2Fb"


def test_person_signs_in_once_for_all_hosts_and_lands_where_they_wanted(place: Place, person: Person) -> None:
    for address in addresses(place):
        person.arrive(address)

        assert str(person.answer.url) == address
        assert person.answer.json()["path"] == address.removeprefix(f"http://{person.answer.url.netloc.decode()}")
        assert person.told["x-auth-username"] == "margaret"
        assert set(person.told) == {f"x-auth-{name}" for name in FIELDS}


def test_person_without_the_role_reads_so_on_a_page_and_a_script_gets_the_problem(place: Place, person: Person) -> None:
    own, reports = addresses(place)

    person.arrive(own, name="joan").open(reports)
    while person.answer.is_redirect:
        person.follow()
    fetched = person.client.get(reports, headers=FETCH)

    assert person.answer.status_code == 403
    assert str(person.answer.url).startswith(f"{place.ports.issuer}/forward-auth/forbidden?")
    assert "You may not open 127.0.0.1" in person.answer.text
    assert (fetched.status_code, fetched.json()["code"]) == (403, "HOST_FORBIDDEN")


def test_identity_cannot_be_brought_along(place: Place, person: Person) -> None:
    for address in addresses(place):
        person.arrive(address)
        right = person.told

        assert person.open(address, **FORGED).told == right
        for lookalike in ("X_Auth_Subject", "x-auth_roles"):
            person.answer = person.client.get(address, headers={**NAVIGATION, lookalike: "root"})
            assert person.answer.status_code in (400, 403) or person.told == right
        for about in FORGED_ABOUT:
            person.open(address, **about)
            assert person.answer.status_code == 403 or person.told == right


@pytest.mark.parametrize("also", ["", "Upgrade, "])
def test_identity_cannot_be_taken_away(place: Place, person: Person, also: str) -> None:
    """Fields that `Connection` names end at the gateway, and whoever takes a role away may be somebody else by it."""
    for address in addresses(place):
        person.arrive(address)
        right = person.told

        person.open(address, connection=f"{also}x-auth-subject, x-auth-roles, x-auth-session")

        assert person.told == right


def test_stranger_who_brings_an_identity_stays_one(place: Place, person: Person) -> None:
    for address in addresses(place):
        for headers in (FORGED, *FORGED_ABOUT, {"cookie": "dw_gate=x; dw_sso=x"}):
            answer = person.client.get(address, headers={**FETCH, **headers})

            assert answer.status_code in (401, 403)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_is_no_navigation_is_refused_with_a_challenge(place: Place, person: Person, method: str) -> None:
    for address in addresses(place):
        answer = person.client.request(method, address, content=b"x" * 9, headers=NAVIGATION)
        fetched = person.client.get(address, headers=FETCH)

        for refused in (answer, fetched):
            assert refused.status_code == 401, refused.text
            assert refused.headers["www-authenticate"] == "Bearer"
            assert "location" not in refused.headers


def test_form_of_somebody_who_is_signed_in_passes(place: Place, person: Person) -> None:
    for address in addresses(place):
        person.arrive(address)

        person.answer = person.client.post(address, data={"a": "b"})

        assert person.answer.json()["method"] == "POST"
        assert person.told["x-auth-username"] == "margaret"


def test_session_that_ended_is_refused_at_once_on_every_host(place: Place, person: Person) -> None:
    for address in addresses(place):
        person.arrive(address)
    person.sign_out()

    for address in addresses(place):
        assert person.client.get(address, headers=FETCH).status_code == 401
        assert person.open(address).answer.status_code == 303


def test_request_that_names_two_hosts_is_judged_for_the_one_that_answers(place: Place, person: Person) -> None:
    """The first line leads to the other host, `Host` names the one whose session is brought along."""
    person.arrive(addresses(place)[0])
    cookies = "; ".join(f"{each.name}={each.value}" for each in person.client.cookies.jar if each.name == "dw_sso")
    port = place.ports.gateway
    said = f"GET http://127.0.0.1:{port}/list HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookies}\r\n"

    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(f"{said}Connection: close\r\n\r\n".encode())
        status = line.makefile("rb").readline()

    assert cookies
    assert int(status.split()[1]) in (400, 401, 403), status


def test_browser_without_cookies_is_not_led_in_circles(place: Place) -> None:
    for address in addresses(place):
        with httpx2.Client(timeout=PATIENCE) as client:
            led, seen = client.get(address, headers=NAVIGATION), []
            while led.is_redirect:
                seen.append(str(led.url))
                client.cookies.clear()
                led = client.get(urljoin(str(led.url), led.headers["location"]), headers=NAVIGATION)
                assert len(seen) < 6, seen

        assert "sign-in-form" in led.text or led.status_code == 400

"""What `doorward gateway` writes, in the real servers: strange requests, forged fields, doors, who calls."""

import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final

import httpx2
import pytest

from doorward.gateway.description import BROUGHT
from tests.gateways.conftest import Behind, asked
from tests.gateways.people import NAVIGATION, Person, Place
from tests.gateways.servers import KINDS, Kind, Ports, description, running
from tests.processes import PATIENCE

SIGNS: Final = "-.!#$%&'*+^`|~"
STRANGE: Final[Mapping[str, str]] = {
    "two lengths": "POST /open/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nContent-Length: 5\r\n{end}a=bc",
    "chunks that are none": "POST /open/ HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: xchunked\r\n{end}0\r\n\r\n",
    "two hosts": "GET /open/ HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n{end}",
    "no host": "GET /open/ HTTP/1.1\r\n{end}",
    "a space before the colon": "GET /open/ HTTP/1.1\r\nHost : {host}\r\n{end}",
    "another name": "GET /open/ HTTP/1.1\r\nHost: evil.example\r\n{end}",
    "a control character": "GET /open/\x01 HTTP/1.1\r\nHost: {host}\r\n{end}",
}
END: Final = "Connection: close\r\n\r\n"
DETOURS: Final = (
    "/open/../app/list",
    "/open/%2e%2e/app/list",
    "/open/..%2fapp/list",
    "/open/..%5capp/list",
    "/app/..%2fopen/list",
    "//app/list",
    "/open/./../app/list",
    "/%61pp/list",
)
WAYS_UP: Final = (
    "/app/../open/list",
    "/app/%2e%2e/open/list",
    "/app/.%2E/open/list",
    "/app/x/../../open/list",
    "/open/..\\app/list",
    "/open/..;/app/list",
    "/open/..%3B/app/list",
    "/open/.;/../app/list",
    "/app/..;/open/list",
    "/open/..",
    "/open/x/..?page=1",
)
"""What one reader takes for a way up, and the next for a name."""


@dataclass(frozen=True)
class Running:
    """A gateway that runs with limits that nobody meets."""

    kind: Kind
    behind: Behind
    inner_port: int
    process_id: int

    @property
    def ports(self) -> Ports:
        """Who listens where."""
        return self.behind.ports


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def gateway(
    request: pytest.FixtureRequest, behind: Behind, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind.name)
    written = description(folder, behind.ports, has_files=kind.has_files)
    with running(kind, folder, behind.ports, written) as process:
        yield Running(kind, behind, written.edge.inner_port, process.pid)


@pytest.fixture
def margaret(gateway: Running) -> Iterator[Person]:
    """Return a browser of somebody who is signed in."""
    person = Person(Place(gateway.kind.name, gateway.ports))
    with person.client:
        yield person.arrive(f"{gateway.ports.issuer}/app/list")


def sent(ports: Ports, text: str) -> bytes:
    """Send text as it is, with the issuer's host and the end of a head in it, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", ports.gateway), timeout=PATIENCE) as line:
        line.sendall(text.format(host=f"localhost:{ports.gateway}", end=END).encode("latin-1"))
        return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_request_that_can_be_read_in_two_ways_reaches_nobody(gateway: Running, strange: str) -> None:
    status = sent(gateway.ports, strange).split()[1]

    assert status in (b"400", b"404", b"421", b"501")


def test_length_beside_chunks_means_nothing(gateway: Running) -> None:
    """Whoever goes by the length takes the second request for a part of the first."""
    second = "GET /open/second HTTP/1.1\r\nHost: {host}\r\n{end}"
    length = len(second.format(host=f"localhost:{gateway.ports.gateway}", end=END)) + 5
    first = f"POST /open/ HTTP/1.1\r\nHost: {{host}}\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = sent(gateway.ports, f"{first}0\r\n\r\n{second}")

    assert answer.split()[1] == b"400" or (answer.count(b"HTTP/1.1 200") == 2 and b"/open/second" in answer)
    assert b'"Content-Length"' not in answer


def test_folded_field_is_refused_or_made_one_line(gateway: Running) -> None:
    answer = sent(gateway.ports, "GET /open/ HTTP/1.1\r\nHost: {host}\r\nX-A: b\r\n c: d\r\n{end}")

    assert answer.split()[1] == b"400" or b'["X-A", "b c: d"]' in answer


@pytest.mark.parametrize("detour", DETOURS)
def test_detour_does_not_lead_past_the_guard(gateway: Running, detour: str) -> None:
    answer = sent(gateway.ports, f"GET {detour} HTTP/1.1\r\nHost: {{host}}\r\nAccept: */*\r\n{{end}}")

    assert answer.split()[1] in (b"301", b"307", b"400", b"401", b"404"), answer


@pytest.mark.parametrize("way", WAYS_UP)
def test_way_up_arrives_at_no_application(gateway: Running, way: str) -> None:
    """What is chosen by one path and passed on as another is guarded as the one and read as the other."""
    answer = sent(gateway.ports, f"GET {way} HTTP/1.1\r\nHost: {{host}}\r\nAccept: */*\r\n{{end}}")

    heard = re.search(rb'"path": "([^"]*)"', answer)
    assert heard is None or not re.search(rb"\.\.|%2e|;|\\\\|%3b", heard[1], re.IGNORECASE), heard[1]


@pytest.mark.parametrize("path", ["/open/a..b", "/open/...", "/open/.well-known/x", "/open/list?next=/../x%2F.."])
def test_name_with_dots_is_a_name(gateway: Running, path: str) -> None:
    answer = sent(gateway.ports, f"GET {path} HTTP/1.1\r\nHost: {{host}}\r\n{{end}}")

    assert f'"path": "{path}"'.encode() in answer


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("http://{host}/open/list", "evil.example"),
        ("/open/list", "localhost:1"),
        ("/open/list", "localhost"),
        ("/open/list", "LOCALHOST:{port}"),
        ("/open/list", "localhost.:{port}"),
    ],
)
def test_application_hears_the_name_that_is_its_own(gateway: Running, target: str, host: str) -> None:
    """Many write it into links that they mail."""
    own = f"localhost:{gateway.ports.gateway}"
    said = f"GET {target} HTTP/1.1\r\nHost: {host}\r\n".replace("{port}", str(gateway.ports.gateway))

    answer = sent(gateway.ports, f"{said}{{end}}")

    told = re.findall(rb'\["(Host|X-Forwarded-Host)", "([^"]*)"\]', answer)
    assert answer.split()[1] in (b"400", b"404", b"421") or dict(told)[b"Host"] == own.encode()
    assert {name for _, name in told} <= {own.encode()}


def in_every_spelling(*names: str) -> list[tuple[str, str]]:
    """Return header fields that an application may take for these."""
    return [(name.replace("-", sign), "root") for name in names for sign in SIGNS]


def test_place_that_is_open_hears_nothing_of_who_one_claims_to_be(gateway: Running) -> None:
    forged = in_every_spelling("x-auth-subject", "X-Auth-Roles", "X-AUTH-EMAIL", "x-forwarded-uri", "x-original-url")
    forged += [(name, "root") for name in BROUGHT]

    told = httpx2.get(f"{gateway.ports.issuer}/open/list", headers=forged).json()["headers"]

    assert "root" not in [value for _, value in told]
    assert ["X-Forwarded-For", "127.0.0.1"] in told


@pytest.mark.parametrize(
    "field",
    [
        ("x_auth_subject", "root"),
        ("x-auth_subject", "root"),
        ("connection", "x-auth-subject, x-forwarded-for, x-request-id"),
    ],
    ids=":".join,
)
def test_field_that_many_take_for_another_is_refused_or_taken_away(gateway: Running, field: tuple[str, str]) -> None:
    answer = httpx2.get(f"{gateway.ports.issuer}/open/list", headers=[("x-auth-subject", "root"), field])

    told = answer.json()["headers"] if answer.status_code != 400 else [["X-Forwarded-For", "127.0.0.1"]]
    assert "root" not in [value for _, value in told]
    assert ["X-Forwarded-For", "127.0.0.1"] in told


def test_guarded_place_hears_who_it_is_and_no_other(gateway: Running, margaret: Person) -> None:
    right = margaret.told

    answer = margaret.client.get(
        f"{gateway.ports.issuer}/app/list",
        headers=[*NAVIGATION.items(), *in_every_spelling("X-Auth-Username", "x-auth-roles")],
    )

    margaret.answer = answer
    assert answer.status_code == 200
    assert margaret.told == right
    assert "root" not in [value for _, value in answer.json()["headers"]]


@pytest.mark.parametrize(
    ("asked_for", "heard"),
    [
        (["websocket"], "websocket"),
        (["h2c"], None),
        (["h2c, websocket"], None),
        (["h2c", "websocket"], None),
        (["another"], None),
    ],
)
def test_only_sockets_may_leave_http(gateway: Running, asked_for: list[str], heard: str | None) -> None:
    """On a line that speaks h2c a caller asks for whatever they like, and nobody asks Doorward about it."""
    upgrades = [("upgrade", each) for each in asked_for]
    fields = [("connection", "Upgrade, X-Auth-Subject"), *upgrades, ("http2-settings", "AAMAAABkAAQAAP__")]

    answer = httpx2.get(f"{gateway.ports.issuer}/open/list", headers=fields)

    assert answer.headers.get("x-heard-upgrade", "") == (heard or "")
    assert answer.headers.get("x-heard-connection", "").lower() == ("upgrade" if heard else "")
    assert answer.status_code in ((200,) if heard else (200, 400, 403))


def test_socket_of_a_stranger_is_refused(gateway: Running) -> None:
    fields = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "x"}

    answer = httpx2.get(f"{gateway.ports.issuer}/app/list", headers=fields)

    assert answer.status_code == 401


def test_socket_of_somebody_who_is_signed_in_reaches_the_application(gateway: Running, margaret: Person) -> None:
    fields = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "x"}

    margaret.answer = margaret.client.get(f"{gateway.ports.issuer}/app/list", headers=fields)

    assert margaret.answer.headers["x-heard-upgrade"] == "websocket"
    assert margaret.answer.headers["x-heard-x-auth-username"] == "margaret"


@pytest.mark.parametrize("path", ["/metrics", "//metrics", "/%6detrics", "/open/../metrics", "/metrics?all"])
def test_figures_are_for_nobody_outside(gateway: Running, path: str) -> None:
    answer = sent(gateway.ports, f"GET {path} HTTP/1.1\r\nHost: {{host}}\r\n{{end}}")

    assert answer.split()[1] in (b"400", b"404")


def test_question_to_doorward_is_the_gateways_alone(gateway: Running, margaret: Person) -> None:
    said = {"x-forwarded-uri": "/app/", "x-forwarded-method": "GET", "x-original-url": f"{gateway.ports.issuer}/app/"}

    for fields in ({}, said):
        answer = margaret.client.get(f"{gateway.ports.issuer}/forward-auth", headers=fields)

        assert (answer.status_code, answer.json()["code"]) == (403, "FORWARDED_UNREADABLE")


@pytest.mark.parametrize(
    "gateway", [kind for kind in KINDS if kind.asks_itself], indirect=True, ids=lambda kind: kind.name
)
@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/sign-in", "/app/list", "/metrics", "/ping", "/api/rawdata", "/dashboard/"]
)
def test_where_a_gateway_asks_itself_nothing_else_is_answered(gateway: Running, path: str) -> None:
    inside = f"http://127.0.0.1:{gateway.inner_port}"

    assert httpx2.get(f"{inside}{path}").status_code == 404
    assert httpx2.post(f"{inside}/forward-auth").status_code == 404
    assert httpx2.get(f"{inside}/forward-auth").json()["code"] == "FORWARDED_UNREADABLE"


def test_doorward_is_asked_once_about_each_request(gateway: Running, margaret: Person) -> None:
    before = asked(gateway.behind.servers)

    for _ in range(5):
        margaret.open(f"{gateway.ports.issuer}/app/list")

    assert asked(gateway.behind.servers) - before == 5


def test_gateway_listens_where_it_is_told_and_nowhere_else(gateway: Running) -> None:
    inner = {gateway.inner_port} if gateway.kind.asks_itself else set()

    assert listening(gateway.process_id) == {
        (IPv4Address("127.0.0.1"), port) for port in {gateway.ports.gateway, *inner}
    }


def listening(process_id: int) -> set[tuple[IPv4Address | IPv6Address, int]]:
    """Return the addresses and ports that a process listens on."""
    own = {str(path.readlink()) for path in Path(f"/proc/{process_id}/fd").iterdir() if path.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process_id}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                host, _, port = fields[1].partition(":")
                words = bytes.fromhex(host)
                raw = b"".join(words[at : at + 4][::-1] for at in range(0, len(words), 4))
                found.add((ip_address(raw), int(port, 16)))
    return found


def test_server_hears_who_calls_from_the_gateway_alone(gateway: Running, margaret: Person) -> None:
    lies = {
        "x-forwarded-for": "203.0.113.7",
        "forwarded": "for=203.0.113.7",
        "x-request-id": "made-up-by-a-caller",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "vendor=made-up",
    }

    told = dict(
        margaret.open(f"{gateway.ports.issuer}/app/list", **lies, **{"x-real-ip": "203.0.113.7"}).answer.json()[
            "headers"
        ]
    )

    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert told["X-Forwarded-Proto"] == "http"
    assert told.keys().isdisjoint({"Forwarded", "Traceparent", "Tracestate"})
    assert "203.0.113.7" not in told.values()
    assert re.fullmatch("[0-9a-f-]{32,36}|", told.get("X-Request-Id", ""))


# In chunks, less than a gateway takes: where both refuse at one moment, Caddy cuts off what Doorward says of it.
@pytest.mark.parametrize("body", [b"x" * 200_000, (b"x" * 50_000, b"x" * 50_000)], ids=["at once", "in chunks"])
def test_body_that_is_too_large_for_doorward_is_refused(gateway: Running, body: bytes | tuple[bytes, ...]) -> None:
    content = body if isinstance(body, bytes) else iter(body)

    assert httpx2.post(f"{gateway.ports.issuer}/oauth/token", content=content).status_code == 413


def test_what_is_told_bit_by_bit_arrives_so(gateway: Running) -> None:
    with httpx2.stream("GET", f"{gateway.ports.issuer}/open/slow", timeout=PATIENCE) as answer:
        lines = answer.iter_lines()
        first = next(lines)
        httpx2.get(f"{gateway.ports.issuer}/open/go")
        second = next(lines)

    assert (first, second) == ("first", "second")

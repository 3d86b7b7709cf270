import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_network
from socket import socket

import pytest

from doorward.adapters.web.addresses import Reach
from doorward.adapters.web.client import WebClient
from doorward.adapters.web.target import read_url
from doorward.adapters.web.transport import MAX_BYTES
from doorward.core.kernel.outgoing import Failure, NotFetched
from tests.unit.adapters.web.conftest import NAME, FixedResolver, NameServer, Server, answer

pytestmark = pytest.mark.slow

LOOPBACK = Reach(loopback_for_development=True)
NAMED = Reach(private_networks=(ip_network("127.0.0.1/32"),))

Serve = Callable[..., Server]


def refusal(client: WebClient, url: str, *, accepts: tuple[str, ...] = ()) -> Failure:
    with pytest.raises(NotFetched) as raised:
        client.get(url, accepts=accepts)
    return raised.value.failure


def test_get_answer_over_https_is_returned(
    serve: Serve, tls_of: Callable[[str], ssl.SSLContext], trusted: ssl.SSLContext
) -> None:
    server = serve(answer(b'{"a": 1}', media_type="Application/JSON; charset=utf-8"), tls=tls_of("good.pem"))
    client = WebClient(NAMED, FixedResolver(), trusted)

    fetched = client.get(f"https://{NAME}:{server.port}/keys?x=1", accepts=("application/json",))

    assert (fetched.status, fetched.media_type, fetched.body) == (200, "application/json", b'{"a": 1}')
    assert server.requests[0].startswith(f"GET /keys?x=1 HTTP/1.1\r\nHost: {NAME}:{server.port}\r\n".encode())


def test_get_sends_no_cookie_and_asks_for_no_encoding(serve: Serve) -> None:
    server = serve(answer(more="Set-Cookie: a=b; Path=/\r\n"))
    client = WebClient(LOOPBACK, FixedResolver())
    client.get(f"http://{NAME}:{server.port}/")

    client.get(f"http://{NAME}:{server.port}/")

    head = server.requests[1].lower()
    assert b"cookie" not in head
    assert b"accept-encoding: identity\r\n" in head


def test_post_sends_a_form(serve: Serve) -> None:
    server = serve(answer())
    client = WebClient(LOOPBACK, FixedResolver())

    client.post(
        f"http://{NAME}:{server.port}/token", {"code": "a&b", "x": "ä"}, headers={"Authorization": "Basic eA=="}
    )

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert b"Authorization: Basic eA==" in head
    assert body == b"code=a%26b&x=%C3%A4"


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Oh", "204 None"])
def test_get_status_is_the_callers_to_judge(serve: Serve, status: str) -> None:
    server = serve(answer(b"" if status[0] == "2" else b"{}", status=status))

    fetched = WebClient(LOOPBACK, FixedResolver()).get(f"http://{NAME}:{server.port}/")

    assert fetched.status == int(status[:3])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://provider.test/",
        "http://provider.test/",
        "gopher://provider.test/",
        "//provider.test/",
        "provider.test",
        "https://",
        "https:///path",
        "https://user@provider.test/",
        "https://user:password@provider.test/",
        "https://@provider.test/",
        "https://provider.test/#here",
        "https://provider.test/#",
        "https://provider.test:0/",
        "https://provider.test:99999/",
        "https://provider.test:x/",
        "https://provider.test\\@10.0.0.1/",
        "https://provider.test/ HTTP/1.1\r\nX: y",
        "https://pro\tvider.test/",
        "https://provider.test/\x00",
        "https://pröv.test/",
        "https://[::1/",
        f"https://provider.test/{'a' * 2048}",
    ],
)
def test_read_url_that_is_no_plain_https_url_is_refused(url: str) -> None:
    with pytest.raises(NotFetched) as raised:
        read_url(url, may_be_plain=False)

    assert raised.value.failure is Failure.URL


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.0.1",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "fe80::1%lo",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "224.0.0.1",
        "nonsense",
    ],
)
def test_get_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    client = WebClient(Reach(), FixedResolver((address,)))

    assert refusal(client, f"https://{NAME}/") is Failure.ADDRESS


def test_get_name_with_one_private_address_among_public_ones_is_refused() -> None:
    client = WebClient(Reach(), FixedResolver(("8.8.8.8", "127.0.0.1")))

    assert refusal(client, f"https://{NAME}/") is Failure.ADDRESS


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "localhost"])
def test_get_spelling_of_this_machine_is_refused(host: str) -> None:
    assert refusal(WebClient(), f"https://{host}/") is Failure.ADDRESS


def test_get_plain_http_is_refused_when_it_leads_elsewhere_in_development() -> None:
    client = WebClient(LOOPBACK, FixedResolver(("8.8.8.8",)))

    assert refusal(client, f"http://{NAME}/") is Failure.ADDRESS


def test_get_name_that_changes_after_it_was_checked_reaches_the_checked_address(
    serve: Serve, ask_name_server: Callable[[NameServer], FixedResolver]
) -> None:
    public, private = serve(answer(b'"public"')), serve(answer(b'"private"'), host="127.0.0.2")
    names = NameServer(["127.0.0.1", "127.0.0.2"])
    client = WebClient(LOOPBACK, ask_name_server(names))

    fetched = client.get(f"http://rebind.test:{public.port}/")

    assert (fetched.body, names.asked) == (b'"public"', 1)
    assert private.requests == []


def test_get_name_that_is_rebound_to_a_private_address_is_refused_the_next_time(
    serve: Serve, ask_name_server: Callable[[NameServer], FixedResolver], trusted: ssl.SSLContext
) -> None:
    private = serve(answer(), host="127.0.0.2")
    client = WebClient(NAMED, ask_name_server(NameServer(["127.0.0.2"])), trusted)

    assert refusal(client, f"https://rebind.test:{private.port}/") is Failure.ADDRESS
    assert private.requests == []


def test_get_second_address_is_tried_when_the_first_does_not_answer(serve: Serve) -> None:
    server = serve(answer())
    client = WebClient(LOOPBACK, FixedResolver(("127.0.0.3", "127.0.0.1")))

    fetched = client.get(f"http://{NAME}:{server.port}/")

    assert fetched.status == 200


def test_get_nobody_listens_is_a_failed_connection(free_port: int) -> None:
    client = WebClient(LOOPBACK, FixedResolver())

    assert refusal(client, f"http://{NAME}:{free_port}/") is Failure.CONNECTION


def test_get_name_that_there_is_not_is_refused() -> None:
    failure = refusal(WebClient(), "https://nowhere.invalid/")

    assert failure in {Failure.NAME, Failure.TIME}


@pytest.mark.parametrize("file", ["other.pem", "old.pem"])
def test_get_certificate_of_another_name_or_time_is_refused(
    serve: Serve, tls_of: Callable[[str], ssl.SSLContext], trusted: ssl.SSLContext, file: str
) -> None:
    server = serve(answer(), tls=tls_of(file))
    client = WebClient(NAMED, FixedResolver(), trusted)

    assert refusal(client, f"https://{NAME}:{server.port}/") is Failure.CERTIFICATE
    assert server.requests == []


def test_get_certificate_that_nobody_vouches_for_is_refused(
    serve: Serve, tls_of: Callable[[str], ssl.SSLContext]
) -> None:
    server = serve(answer(), tls=tls_of("good.pem"))

    assert refusal(WebClient(NAMED, FixedResolver()), f"https://{NAME}:{server.port}/") is Failure.CERTIFICATE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_get_redirect_is_not_followed(serve: Serve, status: int) -> None:
    there = serve(answer())
    here = serve(answer(status=f"{status} Moved", more=f"Location: http://127.0.0.1:{there.port}/\r\n"))

    assert refusal(WebClient(LOOPBACK, FixedResolver()), f"http://{NAME}:{here.port}/") is Failure.REDIRECT
    assert there.requests == []


@pytest.mark.parametrize("media_type", ["text/html", "application/jsonp", "application/json-patch+json", ""])
def test_get_other_type_than_wished_is_refused(serve: Serve, media_type: str) -> None:
    server = serve(answer(media_type=media_type))
    client = WebClient(LOOPBACK, FixedResolver())

    failure = refusal(client, f"http://{NAME}:{server.port}/", accepts=("application/json",))

    assert failure is Failure.TYPE


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, identity"])
def test_get_compressed_answer_is_refused(serve: Serve, encoding: str) -> None:
    server = serve(answer(more=f"Content-Encoding: {encoding}\r\n"))

    failure = refusal(WebClient(LOOPBACK, FixedResolver()), f"http://{NAME}:{server.port}/")

    assert failure is Failure.ENCODING


def test_get_largest_answer_is_returned(serve: Serve) -> None:
    server = serve(answer(b"x" * MAX_BYTES))

    fetched = WebClient(LOOPBACK, FixedResolver()).get(f"http://{NAME}:{server.port}/")

    assert len(fetched.body) == MAX_BYTES


def test_get_oversized_answer_is_given_up(serve: Serve) -> None:
    server = serve(answer(b"x" * (MAX_BYTES + 1)))

    assert refusal(WebClient(LOOPBACK, FixedResolver()), f"http://{NAME}:{server.port}/") is Failure.SIZE


def test_get_answer_without_end_is_given_up(serve: Serve) -> None:
    def pour(connection: socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with suppress(OSError):
            while True:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    server = serve(pour)

    assert refusal(WebClient(LOOPBACK, FixedResolver()), f"http://{NAME}:{server.port}/") is Failure.SIZE


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"])
def test_get_answer_that_trickles_is_given_up(serve: Serve, begin: bytes) -> None:
    over = threading.Event()

    def trickle(connection: socket) -> None:
        connection.sendall(begin)
        with suppress(OSError):
            for number in range(200):
                connection.sendall(b"x-a: b\r\n"[number % 8 :][:1])
                if over.wait(0.02):
                    return

    server = serve(trickle)
    client = WebClient(LOOPBACK, FixedResolver(), seconds=0.3)

    failure = refusal(client, f"http://{NAME}:{server.port}/")
    over.set()

    assert failure is Failure.TIME


def test_get_interim_answers_without_end_are_given_up(serve: Serve) -> None:
    over = threading.Event()

    def stall(connection: socket) -> None:
        with suppress(OSError):
            while not over.wait(0.02):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    server = serve(stall)

    failure = refusal(WebClient(LOOPBACK, FixedResolver(), seconds=0.3), f"http://{NAME}:{server.port}/")
    over.set()

    assert failure is Failure.TIME


def test_get_head_without_end_is_given_up(serve: Serve) -> None:
    server = serve(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000))

    assert refusal(WebClient(LOOPBACK, FixedResolver()), f"http://{NAME}:{server.port}/") is Failure.CONTENT


@pytest.mark.parametrize("reply", [b"SSH-2.0-Open\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"])
def test_get_answer_that_is_no_whole_one_is_refused(serve: Serve, reply: bytes) -> None:
    server = serve(lambda connection: connection.sendall(reply))

    assert refusal(WebClient(LOOPBACK, FixedResolver()), f"http://{NAME}:{server.port}/") is Failure.CONTENT


def test_get_proxy_of_the_environment_is_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = serve(answer(b'"proxy"')), serve(answer(b'"server"'))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

    fetched = WebClient(LOOPBACK, FixedResolver()).get(f"http://{NAME}:{server.port}/")

    assert (fetched.body, proxy.requests) == (b'"server"', [])


def test_not_fetched_reason_holds_no_query(serve: Serve) -> None:
    server = serve(answer(media_type="text/html"))

    with pytest.raises(NotFetched) as raised:
        WebClient(LOOPBACK, FixedResolver()).get(
            f"http://{NAME}:{server.port}/?code=SECRET", accepts=("application/json",)
        )

    assert "SECRET" not in str(raised.value)

"""Mail servers that mean ill or are broken: each failure is said clearly, without a word of theirs, and comes soon."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import repeat
from typing import Final

import pytest

from doorward.adapters.smtp.mailer import SmtpMailer
from doorward.core.outbox.errors import DeliveryFailed, DeliveryRefused
from tests.unit.adapters.smtp.test_mailer import FROM, MAIL

pytestmark = pytest.mark.slow

TIMEOUT: Final = timedelta(seconds=0.4)
HELLO: Final = (b"220 hello\r\n", b"250 hello\r\n")
TAKEN: Final = (*HELLO, b"250 sender\r\n", b"250 recipient\r\n")
SECRET: Final = b"hunter2"
AUTHORITIES: Final = ssl.create_default_context()


class OddServer:
    """Answers with what it was given, one piece a command; after the last it is silent, or hangs up."""

    def __init__(self) -> None:
        self.answers: Iterator[bytes] = iter(())
        self.hangs_up = False
        self.over = threading.Event()
        self.seen: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(5)
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self, *answers: bytes, hangs_up: bool = False) -> None:
        """Begin to answer one connection."""
        self.answers, self.hangs_up = iter(answers), hangs_up
        self._thread.start()

    def close(self) -> None:
        """End, whatever the other side does."""
        self.over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            connection.settimeout(5)
            self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        try:
            for answer in self.answers:
                connection.sendall(answer)
                self.seen.append(connection.recv(65536))
            if not self.hangs_up:
                self.over.wait(5)
        except OSError:
            self.over.set()


@pytest.fixture
def server() -> Iterator[OddServer]:
    odd = OddServer()
    yield odd
    odd.close()


def failure(server: OddServer, url: str = "smtp://127.0.0.1:{port}?starttls=never") -> DeliveryFailed:
    mailer = SmtpMailer(url.format(port=server.port), FROM, timeout=TIMEOUT, tls=AUTHORITIES)
    with pytest.raises(DeliveryFailed) as caught:
        mailer.send(MAIL)
    mailer.close()
    return caught.value


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param((), "no answer in time", id="never says anything"),
        pytest.param(HELLO[:1], "no answer in time", id="says nothing after its greeting"),
        pytest.param(TAKEN, "no answer in time", id="says nothing to the content"),
        pytest.param((b"HTTP/1.1 400 Bad Request hunter2\r\n",), "what it answers is no SMTP", id="speaks HTTP"),
        pytest.param((b"\x16\x03\x01\x00hunter2\r\n",), "what it answers is no SMTP", id="speaks TLS"),
        pytest.param(
            (HELLO[0], b"what? hunter2\r\n", b"what?\r\n"), "what it answers is no SMTP", id="speaks nonsense"
        ),
        pytest.param((b"2" * 20_000 + b"\r\n",), "SMTPResponseException 500", id="says a very long line"),
        pytest.param((b"220-hunter2\r\n" * 5_000,), "it hung up", id="never ends its greeting"),
        pytest.param((b"554 hunter2, go away\r\n",), "SMTPConnectError 554", id="wants nobody"),
        pytest.param((*HELLO, b"550 hunter2\r\n", b"250 reset\r\n"), "SMTPSenderRefused 550", id="refuses the sender"),
        pytest.param(
            (*TAKEN[:3], b"450 hunter2\r\n", b"250 reset\r\n"),
            "the recipient was refused with 450",
            id="wants no such recipient now",
        ),
        pytest.param(
            (*TAKEN, b"354 go on\r\n", b"451 hunter2\r\n", b"250 reset\r\n"),
            "the mail was refused with 451",
            id="wants no such content now",
        ),
    ],
)
def test_send_odd_server_fails_and_is_tried_again(server: OddServer, answers: tuple[bytes, ...], reason: str) -> None:
    server.start(*answers)

    failed = failure(server)

    assert str(failed) == f"127.0.0.1:{server.port}: {reason}"
    assert not isinstance(failed, DeliveryRefused)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param(
            (*TAKEN[:3], b"550 hunter2 nobody here\r\n", b"250 reset\r\n"),
            "the recipient was refused with 550",
            id="recipient",
        ),
        pytest.param(
            (*TAKEN, b"354 go on\r\n", b"554 hunter2 spam\r\n", b"250 reset\r\n"),
            "the mail was refused with 554",
            id="content",
        ),
    ],
)
def test_send_refused_for_good_is_told_from_what_may_pass(
    server: OddServer, answers: tuple[bytes, ...], reason: str
) -> None:
    server.start(*answers)

    failed = failure(server)

    assert isinstance(failed, DeliveryRefused)
    assert str(failed) == f"127.0.0.1:{server.port}: {reason}"


@pytest.mark.parametrize("said", [0, 1, 2, 3, 4, 5])
def test_send_server_that_hangs_up_at_any_point_fails(server: OddServer, said: int) -> None:
    server.start(*(*TAKEN, b"354 go on\r\n")[:said], hangs_up=True)

    failed = failure(server)

    assert not isinstance(failed, DeliveryRefused)
    assert str(failed).partition(": ")[2] in {"it hung up", "Connection reset by peer", "Broken pipe"}


def test_send_server_that_drips_has_no_more_time_than_one_that_is_silent(server: OddServer) -> None:
    dripping: Callable[[socket.socket], None]

    def drip(connection: socket.socket) -> None:
        try:
            for byte in repeat(b"2"):
                if server.over.wait(0.05):
                    return
                connection.sendall(byte)
        except OSError:
            server.over.set()

    dripping = drip
    server._answer = dripping  # type: ignore[method-assign]
    server.start()

    assert str(failure(server)).endswith("no answer in time")


def test_send_starttls_stripped_where_it_is_required_sends_nothing(server: OddServer) -> None:
    server.start(*HELLO)

    failed = failure(server, "smtp://ada:hunter2@127.0.0.1:{port}?starttls=required")

    assert str(failed).endswith("STARTTLS extension not supported by server")
    assert not any(b"MAIL" in seen or b"AUTH" in seen or SECRET in seen for seen in server.seen)

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doorward.adapters.clamav.scanner import ClamavScanner
from doorward.core.files.records import Verdict
from doorward.core.kernel.errors import Unavailable
from tests.scanners import EICAR, LARGEST, OURS

pytestmark = pytest.mark.slow

SOON = timedelta(seconds=0.3)
IN_TIME = timedelta(seconds=60)
MEBIBYTE = 1 << 20


@pytest.fixture
def scanner(clamd: str) -> ClamavScanner:
    return ClamavScanner(clamd)


@contextmanager
def pretending(talk: Callable[[socket.socket], object], patience: timedelta = IN_TIME) -> Iterator[ClamavScanner]:
    """Run somebody who says that he is a scanner, for one connection, and ask him."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                talk(connection)

        thread = Thread(target=answer)
        thread.start()
        yield ClamavScanner(f"clamav://127.0.0.1:{listener.getsockname()[1]}", silence=patience, deliberation=patience)
        thread.join()


def saying(answer: bytes) -> Callable[[socket.socket], None]:
    """Return what listens to the end of one small file, and answers."""

    def talk(connection: socket.socket) -> None:
        heard = b""
        while not heard.endswith(bytes(4)):
            heard += connection.recv(4096)
        connection.sendall(answer)

    return talk


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([], id="no chunk"),
        pytest.param([b""], id="an empty chunk"),
        pytest.param([b"a letter", b"", b" to nobody"], id="an empty chunk between others"),
        pytest.param([bytes(2 * MEBIBYTE + 1)], id="a long chunk"),
    ],
)
def test_scan_what_is_harmless_is_clean(scanner: ClamavScanner, chunks: list[bytes]) -> None:
    assert scanner.scan(chunks) == Verdict()


@pytest.mark.parametrize(
    ("chunks", "found"),
    [
        pytest.param([EICAR], "Eicar-Test", id="the virus that is none"),
        pytest.param([EICAR[:10], EICAR[10:]], "Eicar-Test", id="in two chunks"),
        pytest.param([b"", EICAR], "Eicar-Test", id="behind an empty chunk"),
        pytest.param([bytes(2 * MEBIBYTE), OURS], "Doorward.Test", id="at the end of a long file"),
        pytest.param([bytes(MEBIBYTE - 5) + OURS], "Doorward.Test", id="where a long chunk is cut"),
    ],
)
def test_scan_what_is_harmful_is_named(scanner: ClamavScanner, chunks: list[bytes], found: str) -> None:
    verdict = scanner.scan(chunks)

    assert verdict.found is not None
    assert verdict.found.startswith(found)


def test_scan_more_than_the_scanner_takes_is_never_clean(scanner: ClamavScanner) -> None:
    with pytest.raises(Unavailable) as refused:
        scanner.scan(bytes(MEBIBYTE) for _ in range(LARGEST // MEBIBYTE + 8))

    assert isinstance(refused.value.__cause__, OSError)


def test_scan_source_that_fails_fails(scanner: ClamavScanner) -> None:
    def failing() -> Iterator[bytes]:
        yield b"the beginning"
        raise KeyError("removed")

    with pytest.raises(KeyError):
        scanner.scan(failing())


def test_scan_nobody_there_is_unavailable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        scanner = ClamavScanner(f"clamav://127.0.0.1:{nobody.getsockname()[1]}")

        with pytest.raises(Unavailable):
            scanner.scan([b"x"])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"stream: OK", id="cut"),
        pytest.param(b"stream: O\0", id="cut within"),
        pytest.param(b"OK\0", id="of nothing"),
        pytest.param(b"stream: OK\n", id="a line"),
        pytest.param(b"stream: OK\0\0", id="more"),
        pytest.param(b"stream: OK\0stream: Virus FOUND\0", id="two answers"),
        pytest.param(b"stream: Virus FOUND", id="cut behind a name"),
        pytest.param(b"stream:  FOUND\0", id="no name"),
        pytest.param(b"stream: a\nb FOUND\0", id="a name of two lines"),
        pytest.param(b"stream: " + b"x" * 201 + b" FOUND\0", id="a long name"),
        pytest.param(b"INSTREAM size limit exceeded. ERROR\0", id="a limit"),
        pytest.param(b"stream: Can't allocate memory ERROR\0", id="an error"),
        pytest.param(b"UNKNOWN COMMAND\0", id="another command"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nstream: OK\0", id="another protocol"),
        pytest.param(b"stream: OK\0" + bytes(100_000), id="no end"),
    ],
)
def test_scan_answer_that_is_none_is_never_clean(answer: bytes) -> None:
    with pretending(saying(answer)) as scanner, pytest.raises(Unavailable):
        scanner.scan([b"x"])


@example(b"stream: OK\0")
@given(st.binary(max_size=30) | st.builds(lambda more: b"stream: OK\0" + more, st.binary(min_size=1, max_size=3)))
def test_scan_clean_is_one_answer_alone(answer: bytes) -> None:
    with pretending(saying(answer)) as scanner:
        try:
            verdict = scanner.scan([b"x"])
        except Unavailable:
            assert answer != b"stream: OK\0"
        else:
            assert (answer == b"stream: OK\0") or verdict.found


def test_scan_more_files_at_once_than_there_are_places_is_unavailable(scanner: ClamavScanner) -> None:
    refused = []

    def asking(depth: int) -> Iterator[bytes]:
        try:
            scanner.scan(asking(depth + 1))
        except Unavailable:
            refused.append(depth)
        yield b"a letter to nobody"

    verdict = scanner.scan(asking(1))

    assert (verdict, refused) == (Verdict(), [4])
    assert scanner.scan([b"x"]) == Verdict()


def test_scan_complaint_of_the_scanner_is_handed_on() -> None:
    with pretending(saying(b"INSTREAM size limit exceeded. ERROR\0")) as scanner, pytest.raises(Unavailable) as refused:
        scanner.scan([b"x"])

    assert "size limit exceeded" in str(refused.value.__cause__)


def test_scan_silence_is_unavailable_in_the_end() -> None:
    def listen(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    with pretending(listen, SOON) as scanner, pytest.raises(Unavailable):
        scanner.scan([b"x"])


def test_scan_answer_that_drips_is_unavailable_in_the_end() -> None:
    def drip(connection: socket.socket) -> None:
        try:
            while True:
                connection.sendall(b"s")
                connection.settimeout(0.1)
                try:
                    connection.recv(4096)
                except TimeoutError:
                    continue
        except ConnectionError:
            return

    with pretending(drip, SOON) as scanner, pytest.raises(Unavailable):
        scanner.scan([b"x"])


def test_scan_answer_without_an_end_is_not_listened_to() -> None:
    def talk(connection: socket.socket) -> None:
        try:
            while True:
                connection.sendall(b"s")
        except ConnectionError:
            return

    with pretending(talk) as scanner, pytest.raises(Unavailable) as refused:
        scanner.scan([b"x"])

    assert not isinstance(refused.value.__cause__, TimeoutError)


def test_scan_who_takes_nothing_is_unavailable_in_the_end() -> None:
    is_done = Event()

    def deaf(connection: socket.socket) -> None:
        while not is_done.is_set():
            connection.settimeout(0.1)
            try:
                connection.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                continue

    with pretending(deaf, SOON) as scanner:
        try:
            with pytest.raises(Unavailable):
                scanner.scan(bytes(MEBIBYTE) for _ in range(64))
        finally:
            is_done.set()


def test_scan_who_hangs_up_at_once_is_unavailable() -> None:
    with pretending(lambda connection: connection.close()) as scanner, pytest.raises(Unavailable):
        scanner.scan(bytes(MEBIBYTE) for _ in range(64))


def test_check_scanner_that_answers_is_there(scanner: ClamavScanner) -> None:
    scanner.check()


@pytest.mark.parametrize("answer", [b"", b"PONG", b"stream: OK\0", b"UNKNOWN COMMAND\0"])
def test_check_anything_else_is_away(answer: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    with pretending(talk) as scanner, pytest.raises(Unavailable):
        scanner.check()


@pytest.mark.parametrize("url", ["clamav://", "clamav://host", "tcp://host:3310", "host:3310"])
def test_scanner_of_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="clamav://HOST:PORT"):
        ClamavScanner(url)

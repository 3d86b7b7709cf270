# ruff: noqa: ARG002 (a stand-in keeps the port's parameters)
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from doorward.adapters.web.documents import (
    LIVES_FOR,
    MAX_DOCUMENT_BYTES,
    MAX_DOCUMENTS,
    RENEWED_AFTER,
    RETRIED_AFTER,
    STALE_FOR,
    CachedDocuments,
)
from doorward.core.kernel.outgoing import Failure, Fetched, NotFetched, Web
from doorward.testing.clock import FixedClock

URL = "https://provider.test/keys"


@dataclass
class Shelf(Web):
    """Answers with a body, or not at all."""

    body: bytes = b'{"keys": []}'
    status: int = 200
    is_away: bool = False
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, *, accepts: Collection[str] = (), headers: Mapping[str, str] | None = None) -> Fetched:
        self.asked.append(url)
        if self.is_away:
            raise NotFetched(Failure.CONNECTION, "away")
        return Fetched(self.status, "application/json", self.body)

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        accepts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        raise AssertionError(f"a form was posted to {url}")


def test_get_document_is_fetched_once_while_it_lives(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)

    first = documents.get(URL)
    clock.advance(LIVES_FOR - timedelta(seconds=1))
    second = documents.get(URL)

    assert (first, second, len(shelf.asked)) == ({"keys": []}, {"keys": []}, 1)


def test_get_document_is_fetched_anew_when_it_is_old(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)
    shelf.body = b'{"keys": [1]}'

    clock.advance(LIVES_FOR)

    assert documents.get(URL) == {"keys": [1]}


def test_renew_asks_once_however_often_it_is_called(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)
    clock.advance(RENEWED_AFTER)
    shelf.body = b'{"keys": [1]}'

    found = [documents.renew(URL) for _ in range(50)]

    assert (found[0], found[-1], len(shelf.asked)) == ({"keys": [1]}, {"keys": [1]}, 2)


def test_renew_right_after_a_fetch_asks_nobody(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)

    documents.renew(URL)

    assert len(shelf.asked) == 1


def test_get_server_is_away_answers_what_is_remembered(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)
    shelf.is_away = True
    clock.advance(LIVES_FOR)

    found = documents.get(URL)

    assert found == {"keys": []}


def test_get_server_is_away_for_too_long_is_refused(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)
    shelf.is_away = True
    clock.advance(STALE_FOR)

    with pytest.raises(NotFetched):
        documents.get(URL)


def test_get_server_that_failed_is_left_alone_for_a_moment(clock: FixedClock) -> None:
    shelf = Shelf(is_away=True)
    documents = CachedDocuments(shelf, clock)
    for _ in range(3):
        with pytest.raises(NotFetched):
            documents.get(URL)

    clock.advance(RETRIED_AFTER)
    shelf.is_away = False
    found = documents.get(URL)

    assert (found, len(shelf.asked)) == ({"keys": []}, 2)


@pytest.mark.parametrize(
    ("body", "status", "failure"),
    [
        (b"{}", 404, Failure.STATUS),
        (b"{}", 500, Failure.STATUS),
        (b'{"a": "' + b"x" * MAX_DOCUMENT_BYTES + b'"}', 200, Failure.SIZE),
        (b"[]", 200, Failure.CONTENT),
        (b"null", 200, Failure.CONTENT),
        (b"", 200, Failure.CONTENT),
        (b"\xff", 200, Failure.CONTENT),
        (b'{"a": NaN}', 200, Failure.CONTENT),
        (b'{"a": 1, "a": 2}', 200, Failure.CONTENT),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", 200, Failure.CONTENT),
        (b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}", 200, Failure.CONTENT),
        ('{"a": 1}'.encode("utf-16"), 200, Failure.CONTENT),
    ],
)
def test_get_what_is_no_plain_document_is_refused(
    clock: FixedClock, body: bytes, status: int, failure: Failure
) -> None:
    documents = CachedDocuments(Shelf(body, status), clock)

    with pytest.raises(NotFetched) as raised:
        documents.get(URL)

    assert raised.value.failure is failure


def test_get_many_documents_only_the_last_are_remembered(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)

    for number in range(MAX_DOCUMENTS):
        documents.get(f"{URL}/{number}")
    documents.get(URL)

    assert shelf.asked.count(URL) == 2


@dataclass
class Slow(Shelf):
    """Answers when it is let go on, and takes its time by the clock."""

    clock: FixedClock = field(default_factory=FixedClock)
    takes: timedelta = RETRIED_AFTER
    is_asked: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def get(self, url: str, *, accepts: Collection[str] = (), headers: Mapping[str, str] | None = None) -> Fetched:
        self.is_asked.set()
        assert self.goes_on.wait(20)
        self.clock.advance(self.takes)
        return super().get(url, accepts=accepts, headers=headers)


def test_get_many_that_are_not_there_drive_out_nothing_that_is(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)
    shelf.is_away = True

    for number in range(2 * MAX_DOCUMENTS):
        with pytest.raises(NotFetched):
            documents.get(f"{URL}/{number}")

    assert documents.get(URL) == {"keys": []}
    assert shelf.asked.count(URL) == 1


def test_get_by_many_of_a_server_that_never_answers_waits_once_for_all(clock: FixedClock) -> None:
    shelf = Slow(is_away=True, clock=clock)
    documents, failed = CachedDocuments(shelf, clock), []

    def ask() -> None:
        with pytest.raises(NotFetched) as raised:
            documents.get(URL)
        failed.append(raised.value.failure)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    shelf.goes_on.set()
    for thread in threads:
        thread.join()

    assert (len(failed), len(shelf.asked)) == (16, 1)


def test_get_while_it_is_fetched_anew_answers_what_is_remembered_and_waits_for_nobody(clock: FixedClock) -> None:
    shelf = Slow(clock=clock)
    shelf.goes_on.set()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)
    clock.advance(LIVES_FOR)
    shelf.goes_on.clear()
    shelf.is_asked.clear()
    fetching = threading.Thread(target=documents.get, args=(URL,))
    fetching.start()
    assert shelf.is_asked.wait(20)

    found = documents.get(URL)

    assert (found, len(shelf.asked)) == ({"keys": []}, 1)
    shelf.goes_on.set()
    fetching.join()
    assert len(shelf.asked) == 2


def test_renew_while_it_is_fetched_waits_for_what_comes(clock: FixedClock) -> None:
    shelf = Slow(clock=clock, takes=timedelta(0))
    shelf.goes_on.set()
    documents = CachedDocuments(shelf, clock)
    documents.get(URL)
    clock.advance(RENEWED_AFTER)
    shelf.goes_on.clear()
    shelf.is_asked.clear()
    shelf.body = b'{"keys": [1]}'
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(documents.renew(URL))) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert shelf.is_asked.wait(20)

    shelf.goes_on.set()
    for thread in threads:
        thread.join()

    assert (found, len(shelf.asked)) == ([{"keys": [1]}] * 2, 2)


def test_get_by_many_at_once_asks_once(clock: FixedClock) -> None:
    shelf = Shelf()
    documents = CachedDocuments(shelf, clock)
    threads = [threading.Thread(target=documents.get, args=(URL,)) for _ in range(16)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(shelf.asked) == 1

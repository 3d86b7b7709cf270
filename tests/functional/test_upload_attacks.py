"""What attackers do with uploads: other people's, lying, hostile, unending, forged."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Semaphore, Thread

import pytest

from doorward.api.files import taking
from doorward.api.lanes import FILE_THREADS
from doorward.core.kernel.ids import AccountId
from tests.functional.keeping import (
    BYTES,
    PDF,
    PNG,
    TUS,
    Visitor,
    appended,
    begun,
    kept,
    sent,
    shown,
    stands_at,
)
from tests.functional.site import Site, problem
from tests.house import StillPictures


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"<!doctype html><script>alert(1)</script>" + b" " * 60, "x.pdf", id="html that says pdf"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' onload='a()'/>" + b" " * 60, "x.png", id="svg"),
        pytest.param(b"MZ" + bytes(98), "x.zip", id="program that says zip"),
        pytest.param(b"GIF89a/*" + b"=alert(1)//" * 9, "x.gif", id="type that is not taken here"),
        pytest.param(b"x%PDF-1.7" + bytes(91), "x.pdf", id="magic that does not stand first"),
        pytest.param(b"tiny", "x.pdf", id="shorter than any magic"),
    ],
)
def test_bytes_of_no_type_that_is_taken_are_refused_whatever_is_said(
    settled: Site, margaret: Visitor, content: bytes, name: str
) -> None:
    place = begun(margaret, len(content), name)

    answer = appended(margaret, place, content)

    assert problem(answer) == (415, "FILE_TYPE_REFUSED")
    assert sent(margaret, "HEAD", place, **TUS).status_code == 404
    assert margaret.get("/v1/mobile/files").json() == {
        "files": [],
        "next_after": None,
        "used_bytes": 0,
        "quota_bytes": 2 << 20,
    }
    assert list(settled.house.heaps.keys()) == []


def test_name_is_cleaned_and_ends_as_the_bytes_do(margaret: Visitor) -> None:
    names = {
        shown(margaret, kept(margaret, PNG, name))["name"]
        for name in ("../../etc/passwd", "evil.html", "C:\\boot.png", "a\u202egnp.exe", "\x00\x07", "photo.PNG")
    }

    assert names == {"passwd.png", "evil.html.png", "boot.png", "agnp.exe.png", "file.png", "photo.PNG"}


def test_files_of_somebody_else_are_not_there(margaret: Visitor, mallory: Visitor) -> None:
    place, file_id = begun(margaret), kept(margaret)

    answers = [
        appended(mallory, place, PDF),
        sent(mallory, "DELETE", place, **TUS),
        mallory.get(f"/v1/mobile/files/{file_id}"),
        sent(mallory, "DELETE", f"/files/{file_id}"),
        sent(mallory, "PATCH", f"/files/uploads/{file_id}", **BYTES, upload_offset="100"),
    ]

    assert {problem(answer) for answer in answers} == {(404, "NOT_FOUND")}
    assert sent(mallory, "HEAD", place, **TUS).status_code == 404
    assert stands_at(margaret, place) == 0
    assert shown(margaret, file_id)["id"] == file_id


@pytest.mark.parametrize("presented", ["a" * 25, "A" * 26, "%00" * 26, "u" * 26])
def test_ids_that_are_none_are_not_there(margaret: Visitor, presented: str) -> None:
    answers = [
        margaret.get(f"/v1/mobile/files/{presented}"),
        sent(margaret, "DELETE", f"/files/{presented}"),
        sent(margaret, "PATCH", f"/files/uploads/{presented}", **BYTES, upload_offset="0"),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_upload_that_goes_on_after_its_account_was_disabled_is_not_kept(settled: Site, margaret: Visitor) -> None:
    place = begun(margaret)

    def disabled_meanwhile() -> Iterator[bytes]:
        yield PDF[:50]
        settled.house.flows.set_enabled(_id_of(settled), enabled=False)
        yield PDF[50:]

    answer = sent(margaret, "PATCH", place, disabled_meanwhile(), **BYTES, upload_offset="0")

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
    assert list(settled.house.heaps.keys()) == []


def test_unsafe_requests_of_browsers_need_the_token_against_forgery(settled: Site) -> None:
    browser = settled.browser()
    browser.sign_in()
    place = begun(browser)

    forged = [
        sent(browser, "POST", "/files", **TUS, upload_length="5", x_csrf_token=""),
        appended(browser, place, PDF, x_csrf_token="wrong"),
        sent(browser, "DELETE", place, **TUS, x_csrf_token=""),
        sent(browser, "PUT", "/avatar", PNG, x_csrf_token=""),
        sent(browser, "PUT", "/avatar", PNG, sec_fetch_site="cross-site"),
    ]

    assert {problem(answer) for answer in forged} == {(403, "CSRF_FAILED")}
    assert stands_at(browser, place) == 0


def test_web_reads_no_bearer_and_mobile_no_cookie(settled: Site, margaret: Visitor) -> None:
    browser = settled.browser()
    browser.sign_in()

    by_cookie = browser.client.request("POST", "/v1/mobile/files", headers={**TUS, "upload-length": "5"})
    bearer = margaret.client.headers | {"authorization": f"Bearer {margaret.access_token}"}  # type: ignore[union-attr]
    by_bearer = settled.client().request(
        "POST", "/v1/web/files", headers={**bearer, **TUS, "upload-length": "5", "sec-fetch-site": "same-origin"}
    )

    assert {by_cookie.status_code, by_bearer.status_code} == {401}


def test_method_override_is_not_read(margaret: Visitor) -> None:
    place = begun(margaret)

    answer = sent(margaret, "POST", place, **TUS, upload_offset="0", x_http_method_override="PATCH")

    assert answer.status_code == 405
    assert stands_at(margaret, place) == 0


def test_picture_that_goes_on_after_its_account_was_disabled_is_not_kept(settled: Site, margaret: Visitor) -> None:
    def disabled_meanwhile() -> Iterator[bytes]:
        yield PNG[:20]
        settled.house.flows.set_enabled(_id_of(settled), enabled=False)
        yield PNG[20:]

    answer = sent(margaret, "PUT", "/avatar", disabled_meanwhile())

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
    assert list(settled.house.heaps.keys()) == []


def test_more_pictures_at_once_than_an_account_has_slots_are_refused(settled: Site, margaret: Visitor) -> None:
    refused = []

    def asks_meanwhile(depth: int) -> Iterator[bytes]:
        yield PNG[:20]
        answer = sent(margaret, "PUT", "/avatar", asks_meanwhile(depth + 1) if depth < 2 else PNG)
        if answer.status_code != 200:
            refused.append(problem(answer))
        yield PNG[20:]

    answer = sent(margaret, "PUT", "/avatar", asks_meanwhile(1))

    assert (answer.status_code, refused) == (200, [(429, "TOO_MANY_REQUESTS")])


def test_picture_has_its_slot_until_it_was_used(margaret: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is in memory while it waits to be made smaller."""
    begun: list[bytes] = []
    refused: list[tuple[int, str]] = []
    shrink = StillPictures.shrink

    def asking_meanwhile(pictures: StillPictures, source: bytes, *, edge_pixels: int) -> bytes:
        begun.append(source)
        if len(begun) < 3:
            answer = sent(margaret, "PUT", "/avatar", PNG)
            refused.extend([problem(answer)] if answer.status_code != 200 else [])
        return shrink(pictures, source, edge_pixels=edge_pixels)

    monkeypatch.setattr(StillPictures, "shrink", asking_meanwhile)

    answer = sent(margaret, "PUT", "/avatar", PNG)

    assert (answer.status_code, refused) == (200, [(429, "TOO_MANY_REQUESTS")])


def test_picture_of_an_account_that_is_disabled_while_it_is_made_smaller_is_not_kept(
    settled: Site, margaret: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink = StillPictures.shrink

    def disabled_meanwhile(pictures: StillPictures, source: bytes, *, edge_pixels: int) -> bytes:
        settled.house.flows.set_enabled(_id_of(settled), enabled=False)
        return shrink(pictures, source, edge_pixels=edge_pixels)

    monkeypatch.setattr(StillPictures, "shrink", disabled_meanwhile)

    answer = sent(margaret, "PUT", "/avatar", PNG)

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
    assert list(settled.house.heaps.keys()) == []


def test_senders_who_are_slow_hold_no_thread_and_block_nobody(settled: Site, margaret: Visitor) -> None:
    files = settled.doors.files
    assert files is not None
    files.slots.most_of_one = slow = 2 * FILE_THREADS
    places = [begun(margaret) for _ in range(slow)]
    wait, waiting, statuses = Event(), Semaphore(0), list[int]()

    def send(place: str) -> None:
        def pieces() -> Iterator[bytes]:
            yield PDF[:50]
            waiting.release()
            wait.wait(30)
            yield PDF[50:]

        statuses.append(sent(margaret, "PATCH", place, pieces(), **BYTES, upload_offset="0").status_code)

    threads = [Thread(target=send, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert waiting.acquire(timeout=30)
    signed_in = settled.device().sign_in().status_code
    listed = margaret.get("/v1/mobile/files").status_code
    wait.set()
    for thread in threads:
        thread.join(30)

    assert (signed_in, listed) == (200, 200)
    assert statuses == [204] * slow


def test_sender_who_says_nothing_is_cut_off_and_what_came_is_kept(
    margaret: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "SILENCE", timedelta(milliseconds=50))
    place, end = begun(margaret), Event()

    def silent() -> Iterator[bytes]:
        yield PDF[:60]
        end.wait(30)
        yield PDF[60:]

    answer = sent(margaret, "PATCH", place, silent(), **BYTES, upload_offset="0")
    end.set()

    assert problem(answer) == (408, "BODY_TOO_SLOW")
    assert stands_at(margaret, place) == 60


def test_sender_who_drips_is_cut_off_and_what_came_is_kept(margaret: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "GRACE", timedelta(0))
    monkeypatch.setattr(taking, "LEAST_BYTES_A_SECOND", 1 << 60)
    place = begun(margaret)

    drips = (PDF[at : at + 1] for at in range(len(PDF)))
    answer = sent(margaret, "PATCH", place, drips, **BYTES, upload_offset="0")

    assert problem(answer) == (408, "BODY_TOO_SLOW")
    assert 0 <= stands_at(margaret, place) < len(PDF)


def test_picture_that_drips_is_refused(margaret: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "GRACE", timedelta(0))
    monkeypatch.setattr(taking, "LEAST_BYTES_A_SECOND", 1 << 60)

    answer = sent(margaret, "PUT", "/avatar", (PNG[at : at + 1] for at in range(len(PNG))))

    assert problem(answer) == (408, "BODY_TOO_SLOW")


def test_bodies_beyond_what_the_server_has_slots_for_are_sent_away(settled: Site, margaret: Visitor) -> None:
    files = settled.doors.files
    assert files is not None
    files.slots.most = files.whole_slots.most = 0
    place = begun(margaret)

    answers = [appended(margaret, place, PDF), sent(margaret, "PUT", "/avatar", PNG)]

    assert {problem(answer) for answer in answers} == {(503, "SERVICE_UNAVAILABLE")}


def test_more_bodies_at_once_than_an_account_has_slots_are_refused(settled: Site, margaret: Visitor) -> None:
    files = settled.doors.files
    assert files is not None
    files.slots.most_of_one = 1
    place, other = begun(margaret), begun(margaret)
    refused = []

    def asks_meanwhile() -> Iterator[bytes]:
        yield PDF[:50]
        refused.append(problem(appended(margaret, other, PDF)))
        yield PDF[50:]

    answer = sent(margaret, "PATCH", place, asks_meanwhile(), **BYTES, upload_offset="0")

    assert (answer.status_code, refused) == (204, [(429, "TOO_MANY_REQUESTS")])
    assert appended(margaret, other, PDF).status_code == 204


def _id_of(site: Site) -> AccountId:
    with site.house.store.view() as view:
        account = view.accounts.by_login("margaret")
    assert account is not None
    return account.id

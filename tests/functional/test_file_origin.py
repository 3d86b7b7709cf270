"""The origin that serves what is kept: what it gives out, to whom, and that nothing else is there."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.types import Message, Scope

from doorward.api.files import sending
from doorward.api.files.taking import BLOCK_BYTES
from tests.builders import ISSUER
from tests.functional.keeping import PDF, PNG, Visitor, fetched, kept, on_files, sent, shown
from tests.functional.site import Site, problem
from tests.house import FILES_ORIGIN


@pytest.fixture
def url(margaret: Visitor) -> str:
    """Return a link to a file of a hundred bytes."""
    return shown(margaret, kept(margaret, PDF, 'Bericht \N{GREEK SMALL LETTER PI} "1".pdf'))["url"]


def asked(url: str) -> Scope:
    """Return a request as a server hands it on."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": url.removeprefix(FILES_ORIGIN).partition("?")[0],
        "query_string": url.partition("?")[2].encode(),
        "headers": [(b"host", FILES_ORIGIN.partition("://")[2].encode())],
        "client": ("192.0.2.7", 50000),
    }


def open_files() -> int:
    return sum("/files/kept/" in str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())


def changed(url: str, at: int) -> str:
    """Return a link in which one letter is another one."""
    return f"{url[:at]}{'b' if url[at] != 'b' else 'c'}{url[at + 1 :]}"


def test_link_gives_the_bytes_to_be_saved_and_nothing_to_run(settled: Site, url: str) -> None:
    answer = fetched(settled, url)

    assert (answer.status_code, answer.content) == (200, PDF)
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == (
        "attachment; filename=\"Bericht _ _1_.pdf\"; filename*=UTF-8''Bericht%20%CF%80%20_1_.pdf"
    )
    assert headers["content-security-policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "private, max-age=300"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "set-cookie" not in headers
    assert "access-control-allow-origin" not in headers


def test_reader_who_is_gone_before_the_first_byte_leaves_no_file_open(settled: Site, url: str) -> None:
    begun: list[Message] = []

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        begun.append(message)
        await asyncio.Event().wait()  # the head of the answer is on its way, and nobody takes it

    before = open_files()
    asyncio.run(settled.app(asked(url), gone, send))

    assert [message["status"] for message in begun] == [200]
    assert open_files() == before


def test_reader_who_takes_nothing_is_left_and_holds_no_file(
    settled: Site, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "GRACE", timedelta(milliseconds=50))
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)
        if message.get("body"):
            await asyncio.Event().wait()

    async def stays() -> Message:
        await asyncio.Event().wait()
        return {}

    before = open_files()
    asyncio.run(asyncio.wait_for(settled.app(asked(url), stays, send), timeout=20))

    assert told[-1]["body"] == PDF  # and nothing says that this was the end
    assert told[-1]["more_body"]
    assert open_files() == before


def test_reader_with_more_files_on_their_way_than_a_network_may_have_is_refused(
    settled: Site, margaret: Visitor
) -> None:
    files = settled.doors.files
    assert files is not None
    files.sending_slots.most_of_one = 0
    long = shown(margaret, kept(margaret, PDF + bytes(BLOCK_BYTES)))["url"]
    short = shown(margaret, kept(margaret))["url"]

    refused, answered = fetched(settled, long), fetched(settled, short)
    files.sending_slots.most_of_one = 1
    in_turn = [fetched(settled, long).status_code for _ in range(2)]

    assert problem(refused) == (429, "TOO_MANY_REQUESTS")
    assert (answered.status_code, in_turn) == (200, [200, 200])


def test_link_of_a_picture_may_stand_on_pages_of_others(settled: Site, margaret: Visitor) -> None:
    answer = sent(margaret, "PUT", "/avatar", PNG)

    picture = fetched(settled, answer.json()["url"])

    assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
    assert picture.headers["content-disposition"].startswith("attachment;")
    assert picture.headers["content-security-policy"].startswith("sandbox;")


def test_link_of_a_picture_stays_the_same_for_an_hour(settled: Site, margaret: Visitor) -> None:
    sent(margaret, "PUT", "/avatar", PNG)
    first = margaret.get("/v1/mobile/avatar").json()["url"]
    settled.clock.advance(timedelta(minutes=4))

    assert margaret.get("/v1/mobile/avatar").json()["url"] == first


def test_head_tells_the_same_without_the_bytes(settled: Site, url: str) -> None:
    get, head = fetched(settled, url), fetched(settled, url, "HEAD")

    ours = {"x-request-id", "date"}
    assert {n: v for n, v in head.headers.items() if n not in ours} == {
        n: v for n, v in get.headers.items() if n not in ours
    }
    assert head.content == b""


def test_link_has_its_time(settled: Site, url: str) -> None:
    settled.clock.advance(timedelta(minutes=5) - timedelta(seconds=1))
    before = fetched(settled, url)
    settled.clock.advance(timedelta(seconds=1))

    assert before.status_code == 200
    assert problem(fetched(settled, url)) == (403, "LINK_REFUSED")


def test_link_with_any_letter_changed_is_refused(settled: Site, url: str) -> None:
    signed = url.index("link=") + len("link=")

    answers = {problem(fetched(settled, changed(url, at))) for at in range(signed, len(url), 3)}

    assert answers == {(403, "LINK_REFUSED")}


def test_link_to_one_file_opens_no_other(settled: Site, margaret: Visitor, url: str) -> None:
    other = kept(margaret)

    answer = fetched(settled, on_files(f"/f/{other}?{url.partition('?')[2]}"))

    assert problem(answer) == (403, "LINK_REFUSED")


@pytest.mark.parametrize("query", ["", "link=", "link={0}&link={0}", "link={0}&x=1&y=2", "x=1", "link=%ff"])
def test_link_that_is_not_said_once_is_refused(settled: Site, url: str, query: str) -> None:
    place, _, link = url.partition("?link=")

    answer = fetched(settled, f"{place}?{query.format(link)}")

    assert problem(answer) == (403, "LINK_REFUSED")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sign-in",
        "/account",
        "/v1/web/me",
        "/v1/mobile/files",
        "/oauth/authorize",
        "/.well-known/openid-configuration",
        "/f/",
        "/f/../health",
        "/f/%2e%2e%2fhealth",
        "/f/..%2f..%2fetc%2fpasswd",
        "//f/x",
    ],
)
def test_nothing_else_is_on_the_host_of_files(settled: Site, path: str) -> None:
    browser = settled.browser()
    browser.sign_in()

    answers = [browser.client.request(method, on_files(path)) for method in ("GET", "POST")]

    assert {problem(answer) for answer in answers} == {(404, "NOT_FOUND")}
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_file_is_on_no_other_host(settled: Site, url: str) -> None:
    answer = settled.client().get(url.replace(FILES_ORIGIN, ISSUER), headers={"accept": "application/json"})

    assert answer.status_code == 404


def test_host_is_what_the_request_says_and_no_proxy_header_changes_it(settled: Site) -> None:
    answer = settled.client().get("/v1/web/me", headers={"x-forwarded-host": FILES_ORIGIN.partition("://")[2]})

    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_files_are_only_read_there(settled: Site, url: str, method: str) -> None:
    answer = fetched(settled, url, method, origin="https://evil.example", access_control_request_method="PUT")

    assert problem(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, HEAD"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
    ],
)
def test_one_range_is_given(settled: Site, url: str, said: str, span: tuple[int, int]) -> None:
    answer = fetched(settled, url, range=said)

    start, stop = span
    assert (answer.status_code, answer.content) == (206, PDF[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/100"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("said", ["bytes=100-", "bytes=5000-6000", "bytes=-0"])
def test_range_behind_the_end_is_refused(settled: Site, url: str, said: str) -> None:
    answer = fetched(settled, url, range=said)

    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */100")


@pytest.mark.parametrize(
    "said",
    [
        "bytes=0-1,3-4",
        "bytes=" + ",".join(f"{at}-{at}" for at in range(500)),
        "bytes=5-4",
        "bytes=-",
        "bytes=a-b",
        "chunks=0-1",
        "bytes=0-" + "9" * 400,
    ],
)
def test_several_ranges_and_none_that_can_be_read_give_the_whole_once(settled: Site, url: str, said: str) -> None:
    answer = fetched(settled, url, range=said)

    assert (answer.status_code, answer.content) == (200, PDF)


def test_range_counts_only_while_the_file_is_the_same(settled: Site, url: str) -> None:
    etag = fetched(settled, url).headers["etag"]

    same = fetched(settled, url, range="bytes=0-9", if_range=etag)
    weak = fetched(settled, url, range="bytes=0-9", if_range=f"W/{etag}")
    other = fetched(settled, url, range="bytes=0-9", if_range='"other"')

    assert [answer.status_code for answer in (same, weak, other)] == [206, 200, 200]
    assert not etag.startswith("W/")


@pytest.mark.parametrize("said", ["{0}", "W/{0}", '"other", {0}', "*"])
def test_file_that_is_known_already_is_not_sent_again(settled: Site, url: str, said: str) -> None:
    etag = fetched(settled, url).headers["etag"]

    answer = fetched(settled, url, if_none_match=said.format(etag))

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


def test_avatar_is_made_anew_shown_and_removed(settled: Site, margaret: Visitor) -> None:
    lacking = margaret.get("/v1/mobile/avatar")
    first = sent(margaret, "PUT", "/avatar", PNG, content_type="text/html")
    second = sent(margaret, "PUT", "/avatar", PNG + b"more")
    shown_now = margaret.get("/v1/mobile/avatar").json()
    gone = sent(margaret, "DELETE", "/avatar")

    assert problem(lacking) == (404, "NOT_FOUND")
    assert (first.status_code, first.json()["media_type"]) == (200, "image/webp")
    assert shown_now["id"] == second.json()["id"] != first.json()["id"]
    assert problem(fetched(settled, first.json()["url"])) == (404, "NOT_FOUND")
    assert gone.status_code == 204
    assert problem(fetched(settled, second.json()["url"])) == (404, "NOT_FOUND")
    assert list(settled.house.heaps.keys()) == []


def test_avatar_is_no_private_file(margaret: Visitor) -> None:
    file_id = sent(margaret, "PUT", "/avatar", PNG).json()["id"]

    assert problem(margaret.get(f"/v1/mobile/files/{file_id}")) == (404, "NOT_FOUND")
    assert problem(sent(margaret, "DELETE", f"/files/{file_id}")) == (404, "NOT_FOUND")
    assert margaret.get("/v1/mobile/files").json()["files"] == []


@pytest.mark.parametrize(
    "content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", PDF, b"GIF89a" + bytes(20)]
)
def test_avatar_of_no_picture_is_refused(settled: Site, margaret: Visitor, content: bytes) -> None:
    answer = sent(margaret, "PUT", "/avatar", content, content_type="image/png")

    assert problem(answer) == (415, "PICTURE_REFUSED")
    assert list(settled.house.heaps.keys()) == []


def test_avatar_that_is_too_large_is_refused_before_and_while_it_comes(margaret: Visitor) -> None:
    declared = sent(margaret, "PUT", "/avatar", content_length=str(1 << 40))
    coming = sent(margaret, "PUT", "/avatar", (PNG + bytes(1 << 20) for _ in range(11)))

    assert problem(declared) == problem(coming) == (413, "PAYLOAD_TOO_LARGE")


def test_without_an_origin_nothing_is_kept_and_that_is_said(settled: Site) -> None:
    settled.doors = replace(settled.doors, files=None)
    settled.built_anew()
    app = settled.device()
    app.sign_in()

    answers: list[Response] = [
        app.get("/v1/mobile/files"),
        app.get("/v1/mobile/avatar"),
        sent(app, "PUT", "/avatar", PNG),
        sent(app, "POST", "/files"),
    ]

    assert {problem(answer) for answer in answers} == {(404, "FILES_OFF")}


def test_gateway_that_offloads_is_told_where_the_bytes_lie(settled: Site, margaret: Visitor, url: str) -> None:
    files = settled.doors.files
    assert files is not None
    settled.doors = replace(settled.doors, files=replace(files, accel=lambda key: f"/kept/{key}"))
    settled.built_anew()

    answer = fetched(settled, url, range="bytes=0-9")

    (key,) = settled.house.heaps.keys()
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-accel-redirect"] == f"/kept/{key}"
    assert answer.headers["content-type"] == "application/pdf"

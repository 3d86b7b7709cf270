"""Uploads in the words of tus 1.0.0, from browsers and apps."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from tests.functional.keeping import (
    BYTES,
    PDF,
    TUS,
    Visitor,
    appended,
    begun,
    checked,
    fetched,
    kept,
    named,
    root,
    sent,
    shown,
    stands_at,
)
from tests.functional.site import Site, problem


@pytest.fixture(params=["browser", "app"])
def visitor(request: pytest.FixtureRequest, settled: Site) -> Visitor:
    """Return margaret's browser, or her app."""
    visitor: Visitor = settled.browser() if request.param == "browser" else settled.device()
    assert visitor.sign_in().status_code == 200
    return visitor


def test_upload_in_parts_becomes_a_file_with_the_last_byte(settled: Site, visitor: Visitor) -> None:
    place = begun(visitor)

    first = appended(visitor, place, PDF[:40])
    middle = stands_at(visitor, place)
    last = appended(visitor, place, PDF[40:], offset=40)

    assert (first.status_code, first.headers["upload-offset"], middle) == (204, "40", 40)
    assert "upload-expires" in first.headers
    assert (last.status_code, last.headers["upload-offset"]) == (204, "100")
    file_id = place.rpartition("/")[2]
    assert last.headers["content-location"].endswith(f"{root(visitor)}/files/{file_id}")
    record = shown(visitor, file_id)
    assert {name: record[name] for name in ("id", "name", "media_type", "size_bytes")} == {
        "id": file_id,
        "name": "report.pdf",
        "media_type": "application/pdf",
        "size_bytes": 100,
    }
    assert fetched(settled, record["url"]).content == PDF


def test_upload_with_its_creation_is_whole_at_once(settled: Site, visitor: Visitor) -> None:
    answer = sent(visitor, "POST", "/files", PDF, **BYTES, upload_length="100", upload_metadata=named("a.pdf"))

    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "100")
    file_id = answer.headers["location"].rpartition("/")[2]
    assert fetched(settled, shown(visitor, file_id)["url"]).content == PDF


def test_upload_that_is_whole_says_so_to_whoever_lost_the_answer(visitor: Visitor) -> None:
    place = begun(visitor)
    appended(visitor, place, PDF)

    again = appended(visitor, place, b"", offset=100)

    assert stands_at(visitor, place) == 100
    assert problem(again) == (409, "UPLOAD_OFFSET_MISMATCH")


def test_head_tells_the_name_that_the_upload_and_then_the_file_goes_by(margaret: Visitor) -> None:
    place = begun(margaret, name="../a\N{GREEK SMALL LETTER PI}.html")

    before = sent(margaret, "HEAD", place, **TUS)
    appended(margaret, place, PDF)
    after = sent(margaret, "HEAD", place, **TUS)

    assert before.headers["upload-metadata"] == named("a\N{GREEK SMALL LETTER PI}.html")
    assert after.headers["upload-metadata"] == named("a\N{GREEK SMALL LETTER PI}.html.pdf")


def test_begin_with_more_to_say_than_a_name_is_taken(margaret: Visitor) -> None:
    said = f"is_draft,digest {base64.b64encode(bytes([255])).decode()},{named('a.pdf')}"

    answer = sent(margaret, "POST", "/files", **TUS, upload_length="5", upload_metadata=said)

    assert answer.status_code == 201


def test_options_tells_what_is_spoken(visitor: Visitor) -> None:
    answer = visitor.client.request("OPTIONS", f"{root(visitor)}/files")

    assert (answer.status_code, answer.headers["tus-version"]) == (204, "1.0.0")
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "expiration",
        "checksum",
        "termination",
    }
    assert answer.headers["tus-max-size"] == str(1 << 20)


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1"])
def test_upload_without_our_version_is_refused_and_told_it(margaret: Visitor, version: str | None) -> None:
    headers = {} if version is None else {"tus_resumable": version}
    answers = [
        sent(margaret, "POST", "/files", upload_length="5", **headers),
        sent(margaret, "PATCH", "/files/uploads/" + "0" * 26, **headers),
        sent(margaret, "DELETE", "/files/uploads/" + "0" * 26, **headers),
    ]

    assert {(problem(answer), answer.headers["tus-version"]) for answer in answers} == {
        ((412, "TUS_VERSION_REFUSED"), "1.0.0")
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"upload_length": "-1"},
        {"upload_length": "1e3"},
        {"upload_length": "9" * 17},
        {"upload_defer_length": "1"},
        {"upload_length": "5", "upload_metadata": "filename *"},
        {"upload_length": "5", "upload_metadata": f"filename {base64.b64encode(bytes([255])).decode()}"},
        {"upload_length": "5", "upload_metadata": "filename YQ==,filename Yg=="},
        {"upload_length": "5", "upload_metadata": "filetype *"},
        {"upload_length": "5", "upload_checksum": "md5 AAAA"},
        {"upload_length": "5", "upload_checksum": "sha1 *"},
    ],
)
def test_begin_with_fields_that_cannot_be_read_is_refused(margaret: Visitor, headers: dict[str, str]) -> None:
    answer = sent(margaret, "POST", "/files", **TUS, **headers)

    assert problem(answer) == (400, "UPLOAD_MALFORMED")


def test_begin_nothing_or_too_much_is_refused(margaret: Visitor) -> None:
    nothing = sent(margaret, "POST", "/files", **TUS, upload_length="0")
    too_much = sent(margaret, "POST", "/files", **TUS, upload_length=str((1 << 20) + 1))

    assert problem(nothing) == (422, "VALIDATION_FAILED")
    assert problem(too_much) == (413, "PAYLOAD_TOO_LARGE")


def test_append_at_another_offset_is_refused_and_changes_nothing(margaret: Visitor) -> None:
    place = begun(margaret)
    appended(margaret, place, PDF[:40])

    refused = {problem(appended(margaret, place, b"y" * 10, offset=offset)) for offset in (0, 39, 41, 100)}

    assert refused == {(409, "UPLOAD_OFFSET_MISMATCH")}
    assert stands_at(margaret, place) == 40


def test_append_more_than_was_announced_is_refused_and_keeps_nothing_of_it(margaret: Visitor) -> None:
    place = begun(margaret)

    declared = appended(margaret, place, PDF + b"more")
    undeclared = sent(margaret, "PATCH", place, iter([PDF, b"more"]), **BYTES, upload_offset="0")

    assert problem(declared) == problem(undeclared) == (413, "PAYLOAD_TOO_LARGE")
    assert stands_at(margaret, place) == 0


@pytest.mark.parametrize("kind", [None, "application/octet-stream", "application/pdf", "multipart/form-data"])
def test_append_with_another_content_type_is_refused(margaret: Visitor, kind: str | None) -> None:
    place = begun(margaret)
    headers = {} if kind is None else {"content_type": kind}

    answer = sent(margaret, "PATCH", place, PDF, **TUS, **headers, upload_offset="0")

    assert problem(answer) == (415, "CONTENT_TYPE_REFUSED")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_append_with_a_checksum_that_fits_is_kept(margaret: Visitor, algorithm: str) -> None:
    place = begun(margaret)

    answer = appended(margaret, place, PDF[:50], upload_checksum=checked(PDF[:50], algorithm))

    assert (answer.status_code, stands_at(margaret, place)) == (204, 50)


def test_append_with_a_checksum_that_does_not_fit_keeps_nothing(margaret: Visitor) -> None:
    place = begun(margaret)

    answer = appended(margaret, place, PDF[:50], upload_checksum=checked(PDF[:49]))

    assert problem(answer) == (460, "CHECKSUM_MISMATCH")
    assert stands_at(margaret, place) == 0


def test_append_what_was_cut_off_is_kept_as_far_as_it_came(settled: Site, margaret: Visitor) -> None:
    place = begun(margaret)

    def cut() -> Iterator[bytes]:
        yield PDF[:30]
        yield PDF[30:60]
        raise ConnectionError

    sent(margaret, "PATCH", place, cut(), **BYTES, upload_offset="0")
    after_cut = stands_at(margaret, place)
    appended(margaret, place, PDF[60:], offset=60)

    assert after_cut == 60
    assert fetched(settled, shown(margaret, place.rpartition("/")[2])["url"]).content == PDF


def test_append_by_two_at_the_same_offset_one_goes_on(settled: Site, margaret: Visitor) -> None:
    place, gate = begun(margaret), Barrier(2)
    statuses: list[tuple[int, int]] = []

    def send(content: bytes) -> None:
        def pieces() -> Iterator[bytes]:
            yield content[:10]
            gate.wait(10)
            yield content[10:]

        status = sent(margaret, "PATCH", place, pieces(), **BYTES, upload_offset="0").status_code
        statuses.append((status, len(content)))

    threads = [Thread(target=send, args=(PDF[:size],)) for size in (40, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    ((won, size), (lost, _)) = sorted(statuses)
    assert (won, lost, stands_at(margaret, place)) == (204, 409, size)
    appended(margaret, place, PDF[size:], offset=size)
    assert fetched(settled, shown(margaret, place.rpartition("/")[2])["url"]).content == PDF


def test_finish_by_two_at_once_makes_one_file(settled: Site, margaret: Visitor) -> None:
    place, gate = begun(margaret), Barrier(2)
    appended(margaret, place, PDF[:99])
    statuses: list[int] = []

    def send() -> None:
        def pieces() -> Iterator[bytes]:
            gate.wait(10)
            yield PDF[99:]

        statuses.append(sent(margaret, "PATCH", place, pieces(), **BYTES, upload_offset="99").status_code)

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(statuses) == [204, 409]
    assert len(margaret.get("/v1/mobile/files").json()["files"]) == 1
    assert fetched(settled, shown(margaret, place.rpartition("/")[2])["url"]).content == PDF


def test_terminate_gives_the_room_back(margaret: Visitor) -> None:
    place = begun(margaret, 1 << 20)
    before = margaret.get("/v1/mobile/files").json()["used_bytes"]

    gone = sent(margaret, "DELETE", place, **TUS)

    assert (before, gone.status_code) == (1 << 20, 204)
    assert margaret.get("/v1/mobile/files").json()["used_bytes"] == 0
    assert problem(sent(margaret, "DELETE", place, **TUS)) == (404, "NOT_FOUND")
    assert problem(appended(margaret, place, PDF)) == (404, "NOT_FOUND")


def test_expired_upload_is_gone(settled: Site, margaret: Visitor) -> None:
    place = begun(margaret)
    settled.clock.advance(timedelta(days=1))
    margaret.sign_in()

    assert problem(appended(margaret, place, PDF)) == (404, "NOT_FOUND")
    assert sent(margaret, "HEAD", place, **TUS).status_code == 404


def test_quota_counts_what_was_only_announced(margaret: Visitor) -> None:
    for _ in range(2):
        begun(margaret, 1 << 20)

    answer = sent(margaret, "POST", "/files", **TUS, upload_length="1")

    assert problem(answer) == (413, "QUOTA_EXCEEDED")


def test_list_in_pages_with_links(settled: Site, visitor: Visitor) -> None:
    ids = sorted(kept(visitor, PDF, f"{number}.pdf") for number in range(3))

    first = visitor.get(f"{root(visitor)}/files?size=2").json()
    second = visitor.get(f"{root(visitor)}/files?size=2&after={first['next_after']}").json()

    assert [file["id"] for file in first["files"] + second["files"]] == ids
    assert (first["next_after"], second["next_after"], first["used_bytes"]) == (ids[1], None, 3 * 4096)
    assert {fetched(settled, file["url"]).status_code for file in first["files"]} == {200}


@pytest.mark.parametrize("after", ["", "a" * 25, "A" * 26, "%00" * 26])
def test_list_after_what_is_no_id_is_refused(margaret: Visitor, after: str) -> None:
    assert problem(margaret.get(f"/v1/mobile/files?after={after}")) == (422, "VALIDATION_FAILED")


def test_remove_file_takes_its_bytes_and_gives_the_room_back(settled: Site, visitor: Visitor) -> None:
    file_id = kept(visitor)
    url = shown(visitor, file_id)["url"]

    gone = sent(visitor, "DELETE", f"/files/{file_id}")

    assert gone.status_code == 204
    assert problem(fetched(settled, url)) == (404, "NOT_FOUND")
    assert list(settled.house.heaps.keys()) == []
    assert visitor.get(f"{root(visitor)}/files").json()["used_bytes"] == 0

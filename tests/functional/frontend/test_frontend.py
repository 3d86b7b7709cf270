import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

from doorward.frontend import files
from doorward.frontend.app import Frontend
from doorward.frontend.policy import policy
from doorward.settings.problems import SettingsInvalid
from tests.functional.direct import Direct, a_loop

ISSUER: Final = "https://id.example.org"
SCRIPT: Final = b"export const notes = [];\n" * 200
PAGE: Final = b"<!doctype html><title>Notebook</title>"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an application that was built, and what must not be served of it."""
    folder = tmp_path_factory.mktemp("built")
    root = folder / "dist"
    (root / "assets").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "index.html").write_bytes(PAGE)
    (root / "mark.svg").write_bytes(b"<svg/>")
    (root / "assets" / "index-B5xq0a1c.js").write_bytes(SCRIPT)
    (root / "assets" / "index-B5xq0a1c.js.map").write_bytes(b"{}")
    (root / ".git" / "config").write_bytes(b"secret")
    (root / ".env").write_bytes(b"secret")
    (folder / "outside.txt").write_bytes(b"secret")
    (root / "link.txt").symlink_to(folder / "outside.txt")
    return root


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[httpx2.Client]:
    app = Frontend(files.read(root), "/notebook/", policy([ISSUER]))
    with a_loop() as loop, httpx2.Client(transport=Direct(app, loop, "127.0.0.1"), base_url=ISSUER) as client:
        yield client


JS: Final = "/notebook/assets/index-B5xq0a1c.js"


def test_fingerprinted_file_is_kept_for_ever_and_the_page_is_asked_for_again(client: httpx2.Client) -> None:
    script, page = client.get(JS), client.get("/notebook/")

    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (page.headers["cache-control"], page.content) == ("no-cache", PAGE)
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"


def test_policy_comes_from_the_server_with_every_answer(client: httpx2.Client) -> None:
    answers = [client.get(path) for path in ("/notebook/", JS, "/elsewhere")]

    for answer in answers:
        assert f"connect-src 'self' {ISSUER};" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_whoever_came_by_tls_comes_by_nothing_else(client: httpx2.Client) -> None:
    behind, clear = (
        client.get("http://a.example/notebook/", headers=headers) for headers in ({"x-forwarded-proto": "https"}, {})
    )

    assert behind.headers["strict-transport-security"] == "max-age=63072000"
    assert "strict-transport-security" not in clear.headers


@pytest.mark.parametrize("path", ["/notebook/notes/7", "/notebook/a.b", "/notebook/%2e%2e/x", "/notebook/link.txt"])
def test_every_other_address_of_the_application_is_its_page(client: httpx2.Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.content) in ((200, PAGE), (404, b""))
    assert b"secret" not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/notebook.html",
        "/notebookx/",
        "/notebook/.env",
        "/notebook/.git/config",
        "/notebook/x/.hidden",
        "/notebook/assets/gone-1.js",
        "/notebook/assets/index-B5xq0a1c.js.map",
        "/notebook/../outside.txt",
        "/notebook/..%2foutside.txt",
    ],
)
def test_what_is_no_part_of_the_application_is_not_there(client: httpx2.Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.content) == (404, b"")


def test_path_without_its_slash_leads_to_the_one_with_it(client: httpx2.Client) -> None:
    answer = client.get("/notebook")

    assert (answer.status_code, answer.headers["location"]) == (308, "/notebook/")


def test_text_is_compressed_for_those_who_take_it(client: httpx2.Client) -> None:
    plain, packed, refused = (
        client.get(JS, headers={"accept-encoding": accepted}) for accepted in ("identity", "br, gzip", "gzip;q=0")
    )

    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content == SCRIPT
    assert int(packed.headers["content-length"]) < len(SCRIPT)
    assert {each.headers["vary"] for each in (plain, packed)} == {"accept-encoding"}
    assert plain.headers["etag"] != packed.headers["etag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_file_that_has_not_changed_is_not_sent_again(client: httpx2.Client, form: str) -> None:
    tag = client.get("/notebook/").headers["etag"]

    answer = client.get("/notebook/", headers={"if-none-match": form.format(tag)})

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert client.get("/notebook/", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, SCRIPT[:4]),
        ("bytes=4-", 206, SCRIPT[4:]),
        ("bytes=-5", 206, SCRIPT[-5:]),
        (f"bytes=-{10 * len(SCRIPT)}", 206, SCRIPT),
        (f"bytes=0-{10 * len(SCRIPT)}", 206, SCRIPT),
        (f"bytes={len(SCRIPT)}-", 416, b""),
        ("bytes=3-2", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=0-1,3-4", 200, SCRIPT),
        ("lines=0-1", 200, SCRIPT),
    ],
)
def test_part_of_a_file_is_sent_where_it_is_asked_for(
    client: httpx2.Client, asked: str, status: int, content: bytes
) -> None:
    answer = client.get(JS, headers={"range": asked, "accept-encoding": "gzip"})

    assert (answer.status_code, answer.content) == (status, content)
    assert "content-encoding" not in answer.headers


def test_part_of_another_file_than_the_one_that_was_begun_is_not_sent(client: httpx2.Client) -> None:
    answer = client.get(JS, headers={"range": "bytes=0-3", "if-range": '"another"'})

    assert (answer.status_code, answer.content) == (200, SCRIPT)


def test_head_says_what_get_would(client: httpx2.Client) -> None:
    head, got = client.head(JS), client.get(JS)

    assert head.content == b""
    assert head.headers == got.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(client: httpx2.Client, method: str) -> None:
    answer = client.request(method, "/notebook/")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_read_takes_source_maps_where_they_are_wanted(root: Path) -> None:
    found = files.read(root, with_source_maps=True)

    assert "assets/index-B5xq0a1c.js.map" in found
    assert set(found) == {"index.html", "mark.svg", "assets/index-B5xq0a1c.js", "assets/index-B5xq0a1c.js.map"}


def test_read_compresses_what_becomes_shorter(root: Path) -> None:
    found = files.read(root)

    compressed = found["assets/index-B5xq0a1c.js"].compressed
    assert compressed is not None
    assert gzip.decompress(compressed) == SCRIPT
    assert found["index.html"].compressed is None


def test_read_folder_without_a_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"There is no index\.html"):
        files.read(tmp_path)


def test_read_more_than_is_held_in_memory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(PAGE)
    with (tmp_path / "film.mp4").open("wb") as film:
        film.truncate(files.MOST_BYTES)

    with pytest.raises(SettingsInvalid, match="too large"):
        files.read(tmp_path)

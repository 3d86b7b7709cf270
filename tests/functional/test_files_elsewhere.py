"""Files in a real bucket, looked at by a real scanner, and pictures made by the real decoder."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from doorward.adapters.clamav.scanner import ClamavScanner
from doorward.adapters.pictures.shrinker import PillowPictures
from doorward.adapters.pictures.webp import is_bare
from doorward.adapters.s3.store import S3Bytes
from doorward.assembly.keeping.places import Places
from doorward.core.files.records import AVATAR_EDGE_PIXELS
from tests.buckets import BucketServer
from tests.functional.keeping import PDF, appended, begun, fetched, kept, sent, shown, stands_at
from tests.functional.site import App, Site, problem
from tests.scanners import OURS, a_clamd
from tests.unit.adapters.pictures.hostile import SCRIPT, jpeg_with_script, png_bomb

INFECTED = PDF + OURS


@pytest.fixture
def bytes_there(moto: BucketServer, bucket: str) -> Iterator[S3Bytes]:
    heaps = S3Bytes(moto.url(bucket, "files"))
    yield heaps
    heaps.close()


@pytest.fixture
def site(tmp_path: Path, settled_store: Path, bytes_there: S3Bytes, clamd: str) -> Iterator[Site]:
    opened = Site.open(tmp_path, settled_store, places=Places(bytes_there, PillowPictures(), ClamavScanner(clamd)))
    yield opened
    opened.close()


@pytest.fixture
def margaret(site: Site) -> App:
    app = site.device()
    assert app.sign_in().status_code == 200
    return app


def test_upload_in_parts_is_one_object_that_is_read_in_parts(site: Site, margaret: App, bytes_there: S3Bytes) -> None:
    place = begun(margaret)
    for start in range(0, len(PDF), 30):
        appended(margaret, place, PDF[start : start + 30], offset=start)

    url = shown(margaret, place.rpartition("/")[2])["url"]

    assert fetched(site, url).content == PDF
    assert fetched(site, url, range="bytes=5-9").content == PDF[5:10]
    assert list(map(bytes_there.size, bytes_there.keys())) == [len(PDF)]


def test_remove_takes_the_object_away(margaret: App, bytes_there: S3Bytes) -> None:
    file_id = kept(margaret)

    answer = sent(margaret, "DELETE", f"/files/{file_id}")

    assert answer.status_code == 204
    assert list(bytes_there.keys()) == []


@pytest.mark.parametrize("cut", [len(INFECTED), 40])
def test_upload_with_a_virus_is_refused_and_nothing_of_it_stays(margaret: App, bytes_there: S3Bytes, cut: int) -> None:
    place = begun(margaret, len(INFECTED))

    answers = [
        appended(margaret, place, part, offset=offset)
        for part, offset in ((INFECTED[:cut], 0), (INFECTED[cut:], cut))
        if part
    ]

    assert problem(answers[-1]) == (400, "FILE_INFECTED")
    assert list(bytes_there.keys()) == []
    assert margaret.get(f"/v1/mobile/files/{place.rpartition('/')[2]}").status_code == 404


def test_upload_while_the_scanner_is_away_waits_for_it(
    tmp_path: Path, settled_store: Path, bytes_there: S3Bytes
) -> None:
    folder = tmp_path / "clamd"
    folder.mkdir()
    with a_clamd(folder) as url:
        scanner = ClamavScanner(url)
    site = Site.open(tmp_path, settled_store, places=Places(bytes_there, scanner=scanner))
    try:
        margaret = site.device()
        margaret.sign_in()
        place = begun(margaret)

        answer = appended(margaret, place, PDF)

        assert answer.status_code == 503
        assert "retry-after" in answer.headers
        assert stands_at(margaret, place) == len(PDF) - 1
        assert margaret.get(f"/v1/mobile/files/{place.rpartition('/')[2]}").status_code == 404
    finally:
        site.close()


def test_upload_while_the_bucket_is_away_is_refused_and_stands_where_it_stood(
    tmp_path: Path, settled_store: Path
) -> None:
    heaps = S3Bytes("s3://a:b@kept/?endpoint=http://127.0.0.1:9")
    site = Site.open(tmp_path, settled_store, places=Places(heaps))
    try:
        margaret = site.device()
        margaret.sign_in()
        place = begun(margaret)

        answer = appended(margaret, place, PDF)

        assert answer.status_code == 503
        assert stands_at(margaret, place) == 0
    finally:
        site.close()
        heaps.close()


def test_picture_is_made_anew_of_its_pixels(site: Site, margaret: App) -> None:
    answer = sent(margaret, "PUT", "/avatar", jpeg_with_script(), content_type="image/jpeg")

    picture = fetched(site, answer.json()["url"]).content
    assert is_bare(picture)
    assert SCRIPT not in picture
    with Image.open(BytesIO(picture), formats=("WEBP",)) as image:
        assert max(image.size) <= AVATAR_EDGE_PIXELS


@pytest.mark.parametrize(
    "source", [png_bomb(), jpeg_with_script()[:300], SCRIPT], ids=["a bomb", "half of one", "a page"]
)
def test_picture_that_is_none_is_refused_and_leaves_nothing(margaret: App, bytes_there: S3Bytes, source: bytes) -> None:
    answer = sent(margaret, "PUT", "/avatar", source, content_type="image/png")

    assert problem(answer) == (415, "PICTURE_REFUSED")
    assert list(bytes_there.keys()) == []

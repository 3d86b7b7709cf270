"""What a bucket does beside what every place for bytes promises: who may, and what happens when it is away."""

import gc
import resource
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import obstore
import pytest

from doorward.adapters.disk.folder import FolderBytes
from doorward.adapters.s3.store import S3Bytes
from doorward.adapters.s3.survey import Unfit, survey
from doorward.core.files.errors import StorageFull
from doorward.core.files.records import Key
from doorward.core.kernel.errors import Unavailable
from tests.buckets import KEY_ID, SECRET, BucketServer
from tests.processes import wait_until

KEY: Final = Key("0" * 26)
OTHER: Final = Key("1" * 26)
MEBIBYTE: Final = 1 << 20
SOON: Final = timedelta(seconds=1)


def keep(place: S3Bytes, content: bytes = b"kept", key: Key = KEY) -> None:
    pen = place.pen(key)
    try:
        pen.write(content)
        pen.keep()
    finally:
        pen.drop()


DEEDS: Final[Mapping[str, Callable[[S3Bytes], object]]] = MappingProxyType(
    {
        "keep": keep,
        "keep much": lambda place: keep(place, bytes(17 * MEBIBYTE)),
        "join": lambda place: place.join(OTHER, [(KEY, 4)]),
        "join several": lambda place: place.join(OTHER, [(KEY, 4), (KEY, 4)]),
        "read": lambda place: list(place.read(KEY)),
        "read a part": lambda place: list(place.read(KEY, 1, 2)),
        "size": lambda place: place.size(KEY),
        "remove": lambda place: place.remove(KEY),
        "keys": lambda place: list(place.keys()),
        "check": lambda place: place.check(),
    }
)
EVERY_DEED: Final = pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)


@contextmanager
def a_place(url: str, timeout: timedelta = timedelta(seconds=20)) -> Iterator[S3Bytes]:
    place = S3Bytes(url, timeout=timeout)
    try:
        yield place
    finally:
        place.close()


@pytest.fixture
def place(rclone: BucketServer) -> Iterator[S3Bytes]:
    """Return a place in a bucket that is asked for with signatures, with something in it."""
    with a_place(rclone.url("kept", "files")) as place:
        keep(place)
        yield place


@contextmanager
def answering(answer: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server that answers every request so, or never (None), and return its URL and the requests that came."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        Thread(target=_answer_all, args=(listener, answer, came), daemon=True).start()
        yield f"s3://{KEY_ID}:{quote(SECRET, safe='')}@kept/?endpoint=http://127.0.0.1:{port}", came
        listener.shutdown(socket.SHUT_RDWR)


def _answer_all(listener: socket.socket, answer: bytes | None, came: list[bytes]) -> None:
    silent = []
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            break
        came.append(connection.recv(65_536))
        if answer is None:
            silent.append(connection)
            continue
        connection.sendall(answer)
        connection.close()
    for connection in silent:
        connection.close()


def http(status: str, body: str = "", length: int | None = None) -> bytes:
    """Return an answer."""
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n{body}".encode()


def test_keep_and_read_with_the_right_secret(place: S3Bytes) -> None:
    keep(place, bytes(17 * MEBIBYTE), OTHER)

    assert b"".join(place.read(KEY)) == b"kept"
    assert place.size(OTHER) == 17 * MEBIBYTE
    assert list(place.keys()) == [KEY, OTHER]
    place.remove(OTHER)


@EVERY_DEED
def test_every_deed_with_a_wrong_secret_is_refused(
    place: S3Bytes, rclone: BucketServer, deed: Callable[[S3Bytes], object]
) -> None:
    with (
        a_place(rclone.url("kept", "files", user=f"{KEY_ID}:wrong")) as impostor,
        pytest.raises(Unavailable) as refused,
    ):
        deed(impostor)

    assert "wrong" not in str(refused.value.__cause__)
    assert list(place.keys()) == [KEY]
    assert b"".join(place.read(KEY)) == b"kept"


@EVERY_DEED
def test_every_deed_without_the_bucket_is_unavailable(moto: BucketServer, deed: Callable[[S3Bytes], object]) -> None:
    with a_place(moto.url("nowhere")) as place, pytest.raises(Unavailable):
        deed(place)


@EVERY_DEED
def test_every_deed_without_the_server_is_unavailable(deed: Callable[[S3Bytes], object]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"s3://a:b@kept/?endpoint=http://127.0.0.1:{nobody.getsockname()[1]}"
        with a_place(url, SOON) as place, pytest.raises(Unavailable):
            deed(place)


@EVERY_DEED
def test_every_deed_with_a_silent_server_is_unavailable_in_the_end(deed: Callable[[S3Bytes], object]) -> None:
    with answering(None) as (url, _), a_place(url, timedelta(seconds=0.2)) as place, pytest.raises(Unavailable):
        deed(place)


@EVERY_DEED
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"220 mail.example ESMTP\r\n", id="another protocol"),
        pytest.param(b"", id="nothing"),
        pytest.param(http("500 Internal Server Error"), id="broken"),
        pytest.param(http("301 Moved Permanently"), id="elsewhere"),
    ],
)
def test_every_deed_with_a_strange_answer_is_unavailable_after_few_tries(
    deed: Callable[[S3Bytes], object], answer: bytes
) -> None:
    with answering(answer) as (url, came), a_place(url, SOON) as place:
        try:
            deed(place)
        except Unavailable:
            assert len(came) <= 20
            return

    raise AssertionError("it was believed")


@pytest.mark.parametrize("name", sorted(DEEDS.keys() - {"size", "remove"}))
def test_every_deed_that_needs_an_answer_does_not_believe_half_of_one(name: str) -> None:
    half = http("200 OK", "<html>Sign in</html>", length=400)

    with answering(half) as (url, _), a_place(url, SOON) as place, pytest.raises(Unavailable):
        DEEDS[name](place)


@pytest.mark.parametrize("deed", [DEEDS["keep"], DEEDS["keep much"]], ids=["keep", "keep much"])
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(http("507 Insufficient Storage"), id="by its status"),
        pytest.param(http("403 Forbidden", "<Error><Code>QuotaExceeded</Code></Error>"), id="by its code"),
    ],
)
def test_keep_in_a_full_bucket_says_so(deed: Callable[[S3Bytes], object], answer: bytes) -> None:
    with answering(answer) as (url, _), a_place(url, SOON) as place, pytest.raises(StorageFull):
        deed(place)


def test_write_on_a_full_disk_says_so(rclone: BucketServer) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with a_place(rclone.url("kept", "files")) as place:
        pen = place.pen(OTHER)
        resource.setrlimit(resource.RLIMIT_FSIZE, (MEBIBYTE, hard))
        try:
            with pytest.raises(StorageFull):
                pen.write(bytes(4 * MEBIBYTE))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            pen.drop()


def test_drop_leaves_no_upload_that_nobody_sees(moto: BucketServer, bucket: str) -> None:
    with a_place(moto.url(bucket)) as place:
        pen = place.pen(KEY)
        pen.write(bytes(25 * MEBIBYTE))
        begun = moto.unfinished(bucket)

        pen.drop()

        assert (begun, moto.unfinished(bucket)) == (1, 0)


def test_pen_that_is_forgotten_is_dropped(moto: BucketServer, bucket: str) -> None:
    with a_place(moto.url(bucket)) as place:
        pen = place.pen(KEY)
        pen.write(bytes(17 * MEBIBYTE))
        begun = moto.unfinished(bucket)

        del pen

        wait_until(lambda: moto.unfinished(bucket) == 0)
        assert begun == 1
        assert place.size(KEY) is None


def test_pen_once_its_place_is_closed_is_away_and_leaves_in_peace(moto: BucketServer, bucket: str) -> None:
    with a_place(moto.url(bucket)) as place:
        pen = place.pen(KEY)
        pen.write(bytes(9 * MEBIBYTE))

    with pytest.raises(Unavailable):
        pen.write(bytes(9 * MEBIBYTE))
    del pen
    gc.collect()
    assert moto.unfinished(bucket) == 0


def test_drop_when_the_server_went_away_comes_to_an_end() -> None:
    begun = '<?xml version="1.0"?><InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>'
    with answering(http("200 OK", begun)) as (url, _), a_place(url, SOON) as place:
        pen = place.pen(KEY)
        pen.write(bytes(9 * MEBIBYTE))

        pen.drop()


def test_range_that_the_server_does_not_keep_to_is_not_believed(place: S3Bytes) -> None:
    with pytest.raises(Unavailable):
        list(place.read(KEY, 1, 3))


def test_keys_are_never_those_of_others(moto: BucketServer, bucket: str) -> None:
    with a_place(moto.url(bucket, "files")) as place, a_place(moto.url(bucket)) as all_of_it:
        keep(place)
        keep(all_of_it, key=OTHER)
        for name in (
            "invoices.csv",
            OTHER,
            f"kept/{OTHER}",
            f"kept/000000/{OTHER}",
            f"kept/111111/{OTHER}.gz",
            f"kept/111111/a/{OTHER}",
        ):
            obstore.put(all_of_it._store, name, b"of somebody else")

        assert list(place.keys()) == [KEY]
        assert list(all_of_it.keys()) == [OTHER]


def test_bucket_holds_what_was_copied_into_it_from_a_folder(moto: BucketServer, bucket: str, tmp_path: Path) -> None:
    folder = FolderBytes(tmp_path)
    pen = folder.pen(KEY)
    pen.write(b"kept in a folder")
    pen.keep()

    with a_place(moto.url(bucket, "files")) as place:
        for file in (path for path in tmp_path.rglob("*") if path.is_file()):
            obstore.put(place._store, file.relative_to(tmp_path).as_posix(), file.read_bytes())

        assert list(place.keys()) == [KEY]
        assert b"".join(place.read(KEY)) == b"kept in a folder"


def test_url_goes_before_the_variables_of_others(rclone: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {
        "AWS_ACCESS_KEY_ID": "somebody-else",
        "AWS_SECRET_ACCESS_KEY": "wrong",
        "AWS_SESSION_TOKEN": "of another session",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_BUCKET": "another",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
    }
    for name, value in others.items():
        monkeypatch.setenv(name, value)

    with a_place(rclone.url("kept", "files")) as place:
        keep(place)

        assert b"".join(place.read(KEY)) == b"kept"


def test_variables_say_who_asks_where_the_url_does_not(rclone: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

    with a_place(rclone.url("kept", "files", user="")) as place:
        keep(place)

        assert b"".join(place.read(KEY)) == b"kept"


def test_survey_does_all_that_files_need_and_leaves_nothing(moto: BucketServer, bucket: str) -> None:
    said = survey(moto.url(bucket, "files"), name="a-trial")

    assert said.startswith(f"s3://{bucket}/files can be written")
    with a_place(moto.url(bucket, "files")) as place:
        assert obstore.list(place._store).collect() == []


def test_survey_names_what_cannot_be_done_and_why(moto: BucketServer, rclone: BucketServer) -> None:
    tries = {
        rclone.url("kept"): ("read in part", "all of an object"),
        rclone.url("kept", user=f"{KEY_ID}:wrong"): ("written", "secret"),
        moto.url("nowhere"): ("written", "no such bucket"),
        "s3://a:b@kept/?endpoint=http://127.0.0.1:9": ("written", "cannot be reached"),
    }

    for url, (deed, why) in tries.items():
        with pytest.raises(Unfit, match=why) as unfit:
            survey(url, name="a-trial")
        assert unfit.value.deed == deed

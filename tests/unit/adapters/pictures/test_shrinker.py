import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from doorward.adapters.pictures import decoder
from doorward.adapters.pictures.shrinker import PillowPictures
from doorward.adapters.pictures.webp import is_bare
from doorward.core.files.errors import PictureRefused
from doorward.core.kernel.errors import Unavailable
from tests.processes import wait_until
from tests.unit.adapters.pictures.hostile import REFUSED, TAKEN, plain, webp_with_metadata

pytestmark = pytest.mark.slow

EDGE = 24


@pytest.fixture
def answering(tmp_path: Path) -> Callable[[str], PillowPictures]:
    """Return what has somebody else's program for its decoder."""

    def make(program: str, patience: timedelta = timedelta(seconds=60)) -> PillowPictures:
        file = tmp_path / "program.py"
        file.write_text(
            f"import os, sys\nsource = sys.stdin.buffer.read()\nanswer = sys.stdout.buffer.write\n{program}\n"
        )
        return PillowPictures(program=str(file), patience=patience)

    return make


@pytest.mark.parametrize("name", ["a png", "a thousand frames", "broken exif", "script in a png"])
def test_shrink_picture_is_a_bare_webp(name: str) -> None:
    assert is_bare(PillowPictures().shrink(TAKEN[name](), edge_pixels=EDGE))


@pytest.mark.parametrize("name", REFUSED)
def test_shrink_what_is_no_usable_picture_is_refused(name: str) -> None:
    with pytest.raises(PictureRefused):
        PillowPictures().shrink(REFUSED[name](), edge_pixels=EDGE)


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBPVP8 ", plain("WEBP")[:60], b""]),
    rest=st.binary(max_size=200),
)
def test_shrink_any_bytes_are_refused_or_a_bare_webp(start: bytes, rest: bytes) -> None:
    try:
        made = PillowPictures().shrink(start + rest, edge_pixels=EDGE)
    except PictureRefused:
        return

    assert is_bare(made)


def test_shrink_more_pictures_at_once_than_may_wait_is_unavailable(
    answering: Callable[..., PillowPictures], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    pictures = answering(f"while not os.path.exists({str(gate)!r}): pass\nanswer({plain('WEBP')!r})")
    source = plain()

    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(pictures.shrink, source, edge_pixels=EDGE) for _ in range(3)]
        wait_until(lambda: pictures._places._value == 0)
        with pytest.raises(Unavailable):
            pictures.shrink(source, edge_pixels=EDGE)
        gate.touch()
        made = [each.result() for each in waiting]

    assert all(map(is_bare, made))


def test_shrink_decoder_that_does_not_end_is_ended(answering: Callable[..., PillowPictures]) -> None:
    pictures = answering("while True: pass", timedelta(seconds=0.5))

    with pytest.raises(Unavailable):
        pictures.shrink(plain(), edge_pixels=EDGE)


def test_shrink_decoder_that_never_stops_talking_is_refused(answering: Callable[..., PillowPictures]) -> None:
    pictures = answering("while True: answer(bytes(1000))")

    with pytest.raises(PictureRefused):
        pictures.shrink(plain(), edge_pixels=EDGE)


def test_shrink_decoder_that_answers_more_than_pixels_is_not_believed(
    answering: Callable[..., PillowPictures],
) -> None:
    pictures = answering(f"answer({webp_with_metadata()!r})")

    with pytest.raises(PictureRefused):
        pictures.shrink(plain(), edge_pixels=EDGE)


def test_shrink_decoder_that_dies_is_refused(answering: Callable[..., PillowPictures]) -> None:
    pictures = answering(f"answer({plain('WEBP')!r}); sys.stdout.flush(); os.abort()")

    with pytest.raises(PictureRefused):
        pictures.shrink(plain(), edge_pixels=EDGE)


def test_shrink_decoder_that_does_not_listen_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "deaf.py"
    file.write_text("")
    source = plain() + bytes(1 << 20)

    with pytest.raises(PictureRefused):
        PillowPictures(program=str(file)).shrink(source, edge_pixels=EDGE)


def test_shrink_decoder_has_no_secret_of_ours(
    answering: Callable[..., PillowPictures], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_SECRET", "canary")
    handles = "os.listdir('/proc/self/fd')"  # of which one is the folder's own
    pictures = answering(
        f"assert not set(os.environ) - {{'LC_CTYPE'}}\nassert len({handles}) == 4\nanswer({plain('WEBP')!r})"
    )

    made = pictures.shrink(plain(), edge_pixels=EDGE)

    assert is_bare(made)


def test_shrink_without_pillow_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    source = plain()
    monkeypatch.setitem(sys.modules, "PIL", None)

    with pytest.raises(Unavailable) as refused:
        PillowPictures().shrink(source, edge_pixels=EDGE)

    assert "Pillow" in str(refused.value.__cause__)


def test_shrink_machine_that_begins_no_process_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(Unavailable):
        PillowPictures().shrink(plain(), edge_pixels=EDGE)


@pytest.mark.parametrize(
    ("deed", "end"),
    [
        pytest.param("open('/etc/passwd')", "OSError", id="opens a file"),
        pytest.param("socket.socket()", "OSError", id="opens a connection"),
        pytest.param("bytearray(1 << 30)", "MemoryError", id="takes memory"),
        pytest.param("resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))", "Error", id="takes its limits back"),
    ],
)
def test_decoder_once_it_reads_may_no_longer(deed: str, end: str) -> None:
    drop = "os.setuid(65534) if os.getuid() == 0 else None"  # nothing is forbidden to root for good
    program = (
        f"import os, resource, runpy, socket\nconfine = runpy.run_path({decoder.__file__!r})['_confine']\n"
        f"confine()\n{drop}\ntry:\n    {deed}\nexcept (OSError, ValueError, MemoryError) as error:\n"
        "    print(type(error).__name__)"
    )

    said = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True).stdout

    assert end in said or (end == "Error" and "ValueError" in said)

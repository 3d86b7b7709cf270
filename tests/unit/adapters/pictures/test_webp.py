import pytest
from PIL import Image

from doorward.adapters.pictures.webp import is_bare
from tests.unit.adapters.pictures.hostile import animated, encoded, plain, webp_with_metadata


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(kind + len(content).to_bytes(4, "little") + content for kind, content in chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(plain("WEBP"), id="lossy"),
        pytest.param(encoded(Image.new("RGB", (4, 4)), "WEBP", lossless=True), id="lossless"),
        pytest.param(encoded(Image.new("RGBA", (4, 4), (1, 2, 3, 4)), "WEBP"), id="transparent"),
    ],
)
def test_is_bare_pixels_alone_is_true(picture: bytes) -> None:
    assert is_bare(picture)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(plain(), id="another form"),
        pytest.param(webp_with_metadata(), id="metadata"),
        pytest.param(animated("WEBP", 2), id="frames"),
        pytest.param(plain("WEBP") + b"<script>", id="something behind it"),
        pytest.param(plain("WEBP")[:-2], id="an end that is missing"),
        pytest.param(riff(), id="no chunk"),
        pytest.param(riff((b"VP8X", bytes(10))), id="no pixels"),
        pytest.param(riff((b"VP8X", bytes(9)), (b"VP8 ", b"ab")), id="a short header"),
        pytest.param(riff((b"VP8X", b"\x08" + bytes(9)), (b"VP8 ", b"ab")), id="a header that announces metadata"),
        pytest.param(riff((b"VP8 ", b"ab"), (b"EXIF", b"ab")), id="metadata without a header"),
        pytest.param(riff((b"VP8 ", b"ab"), (b"VP8 ", b"ab")), id="pixels twice"),
        pytest.param(riff((b"VP8 ", b"ab"))[:-3] + b"\xff\xff\xff", id="a chunk beyond the end"),
    ],
)
def test_is_bare_anything_more_or_less_is_false(picture: bytes) -> None:
    assert not is_bare(picture)

"""The program that makes one picture smaller: its source comes on stdin, WebP goes to stdout.

It runs in a process of its own, which knows no secret, may use little, and opens nothing once it has begun to read:
whatever a hostile picture does to a decoder, it does there. Every exception ends it, and the picture is refused.
It imports nothing of this package, so that nothing but what decodes is in its memory.
"""

import resource
import struct
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from io import BytesIO
from os import nice
from types import MappingProxyType
from typing import Final

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

PLUGINS: Final = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
"""What Pillow would import when it meets such a picture: it cannot once no file may be opened."""

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MOST_PIXELS: Final = 36_000_000
"""How many pixels a source may claim: 6000 by 6000. A camera of a phone makes 12 to 25 million."""

MOST_SCANS: Final = 64
"""How often a progressive JPEG may go over all its pixels. Encoders make ten scans; a hostile file of 10 MB, a million.

Source: "Two Issues with the JPEG Standard", libjpeg-turbo project, 2015.
"""

MEMORY_BYTES: Final = 512 << 20
CPU_SECONDS: Final = 10
_GENTLE: Final = 10
_SCAN: Final = b"\xff\xda"
_OVERSIZED: Final = 2
_QUALITY: Final = 85
_ORIENTATION: Final = 0x0112
_TURNS: Final[Mapping[object, Image.Transpose]] = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)
_DEEP: Final = frozenset({"I", "I;16", "I;16B", "I;16L"})
_INDEXED: Final = frozenset({"1", "P", "PA"})


def shrunk(source: bytes, edge: int) -> bytes:
    """Return a picture as WebP, cut to a square from its middle, of at most `edge` pixels an edge.

    Raises: anything, when it cannot be had.
    """
    with Image.open(BytesIO(source), formats=FORMATS) as image:
        _admit(image, source)
        image.draft(None, (edge * _OVERSIZED, edge * _OVERSIZED))  # a JPEG is decoded at an eighth, if that will do
        image.load()
        side = min(edge, *image.size)
        square = ImageOps.fit(_smooth(image), (side, side), Image.Resampling.LANCZOS)
        return _encoded(_turned(_in_srgb(square, image.info.get("icc_profile")), image))


def _admit(image: Image.Image, source: bytes) -> None:
    """Raise when decoding would take too much; the header alone was read until now."""
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise ValueError("too many pixels")
    if image.format in {"JPEG", "MPO"} and source.count(_SCAN) > MOST_SCANS:
        raise ValueError("too many scans")


def _smooth(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose pixels can be averaged, with 8 bits a colour and its transparency applied."""
    if image.mode in _DEEP:
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in _INDEXED or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB. A profile that cannot be read, or is for other colours, is as good as none."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):
            source, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, srgb, outputMode=mode)
            if converted is not None:
                return converted
    return image.convert(mode)


def _turned(image: Image.Image, source: Image.Image) -> Image.Image:
    """Return the picture as whoever took it saw it. A square from the middle stays one however it is turned."""
    turn = None
    with suppress(SyntaxError, ValueError, TypeError, KeyError, IndexError, OSError, struct.error):
        turn = _TURNS.get(source.getexif().get(_ORIENTATION))
    return image if turn is None else image.transpose(turn)


def _encoded(image: Image.Image) -> bytes:
    """Return the pixels as WebP, and nothing else: a new picture has nothing but what was put on it.

    Colours that full transparency hides are left behind too, as somebody may have thought them gone.
    """
    bare = Image.new(image.mode, image.size)
    bare.paste(image, None if image.mode == "RGB" else image.getchannel("A").point(lambda alpha: alpha and 255))
    out = BytesIO()
    bare.save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()


def _confine() -> None:
    """Give up all that decoding does not need; whoever takes this process over has no more than that."""
    nice(_GENTLE)
    Image.preinit()
    for text in ("latin-1", "utf-8", "utf-16", "ascii"):
        "".encode(text)  # loads what reads texts in pictures, which is a file
    for limit, amount in _limits():
        resource.setrlimit(limit, (amount, amount))


def _limits() -> Iterable[tuple[int, int]]:
    yield resource.RLIMIT_AS, MEMORY_BYTES
    yield resource.RLIMIT_CPU, CPU_SECONDS
    yield resource.RLIMIT_CORE, 0
    yield resource.RLIMIT_FSIZE, 0
    yield resource.RLIMIT_NPROC, 0
    yield resource.RLIMIT_NOFILE, 3  # what is open stays so; nothing else can be


def main() -> None:
    """Make the picture on stdin smaller."""
    _confine()
    sys.stdout.buffer.write(shrunk(sys.stdin.buffer.read(), int(sys.argv[1])))


if __name__ == "__main__":
    main()

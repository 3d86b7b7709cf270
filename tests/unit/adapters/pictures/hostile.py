"""Pictures that mean ill, and pictures that are odd but honest; all of them made here."""

import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final
from zipfile import ZipFile

from PIL import Image, ImageCms, PngImagePlugin

SCRIPT: Final = b"<script>alert(document.domain)</script>"
RED: Final = (255, 0, 0)
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """Return a picture as a file."""
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def plain(form: str = "PNG", *, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    """Return a picture of one colour."""
    return encoded(Image.new(mode, size, "red" if mode == "RGB" else 1), form)


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *chunks: bytes, rows: bytes = b"") -> bytes:
    """Return a PNG that claims to be so large, whatever is in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return _PNG + b"".join(parts)


def png_bomb() -> bytes:
    """Return a PNG of some hundred bytes that claims 4 thousand million pixels."""
    return png(65535, 65535, rows=bytes(1000))


def text_bomb() -> bytes:
    """Return a PNG whose comment is 100 MB long once it is unpacked."""
    packed = zlib.compress(bytes(100_000_000), 9)
    return png(1, 1, chunk(b"zTXt", b"Comment\0\0" + packed), rows=b"\0\xff\0\0")


def profile_bomb() -> bytes:
    """Return a PNG whose colour profile is 100 MB long once it is unpacked."""
    packed = zlib.compress(bytes(100_000_000), 9)
    return png(1, 1, chunk(b"iCCP", b"p\0\0" + packed), rows=b"\0\xff\0\0")


def many_scans() -> bytes:
    """Return a JPEG that goes over all its pixels a hundred times more than it has to."""
    honest = encoded(Image.new("L", (64, 64), 7), "JPEG", progressive=True)
    last = honest.rindex(b"\xff\xda")
    return honest[:last] + honest[last:-2] * 100 + honest[-2:]


def gif_and_script() -> bytes:
    """Return what is a GIF to one reader and a script to another."""
    return b"GIF89a/*\x01\x00*/=1;alert(1);//"


def jpeg_with_script() -> bytes:
    """Return a JPEG with a page in its EXIF and in its comment."""
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    return encoded(Image.new("RGB", (40, 30), RED), "JPEG", exif=exif, comment=SCRIPT)


def png_with_script() -> bytes:
    """Return a PNG with a page in three kinds of text, of which one stands behind its pixels."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SCRIPT.decode())
    texts.add_itxt("XML:com.adobe.xmp", SCRIPT.decode(), zip=True)
    texts.add(b"tEXt", b"Late\0" + SCRIPT, after_idat=True)
    return encoded(Image.new("RGB", (40, 30), RED), "PNG", pnginfo=texts)


def webp_with_metadata() -> bytes:
    """Return a WebP with EXIF, XMP and a colour profile."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    return encoded(Image.new("RGB", (40, 30), RED), "WEBP", exif=exif, xmp=SCRIPT, icc_profile=profile)


def with_archive() -> bytes:
    """Return a PNG that is an archive too."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return plain() + out.getvalue()


def animated(form: str, frames: int) -> bytes:
    """Return a picture of so many frames, of which the first is red and all others are blue."""
    others = [Image.new("RGB", (16, 16), (0, value % 256, 255)) for value in range(frames - 1)]
    return encoded(Image.new("RGB", (16, 16), RED), form, save_all=True, append_images=others, duration=10)


def see_through() -> bytes:
    """Return a picture of two colours by number, of which one is nothing at all."""
    image = Image.new("P", (40, 40), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (20, 0, 40, 40))
    return encoded(image, "PNG", transparency=1)


def deep_gray() -> bytes:
    """Return a picture of 16 bits a pixel, of the gray in the middle."""
    return encoded(Image.new("I;16", (40, 40), 32768), "PNG")


def swapped_colours() -> bytes:
    """Return a red picture whose profile says that its red is what others call blue."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return encoded(Image.new("RGB", (40, 40), RED), "PNG", icc_profile=bytes(profile))


def turned(orientation: int) -> bytes:
    """Return a picture whose first row was red before somebody turned it, and says how."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (32, 32), "white")
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    image.paste("red", (0, 0, 32, 16))
    image.paste("blue", (0, 0, 16, 16))
    return encoded(image if back is None else image.transpose(back), "PNG", exif=exif)


def broken_exif() -> bytes:
    """Return a picture whose EXIF is no EXIF."""
    return encoded(Image.new("RGB", (40, 30), RED), "JPEG", exif=b"Exif\0\0" + SCRIPT)


def broken_profile() -> bytes:
    """Return a picture whose colour profile is none."""
    return encoded(Image.new("RGB", (40, 30), RED), "PNG", icc_profile=SCRIPT)


REFUSED: Final[Mapping[str, Callable[[], bytes]]] = MappingProxyType(
    {
        "nothing": lambda: b"",
        "a page": lambda: SCRIPT,
        "a drawing": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "a gif": lambda: plain("GIF"),
        "a gif and a script": gif_and_script,
        "a tiff": lambda: plain("TIFF"),
        "a bitmap": lambda: plain("BMP"),
        "a postscript behind a png": lambda: _PNG + b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "a png bomb": png_bomb,
        "a long png": lambda: png(1, 40_000_000),
        "no pixel": lambda: png(0, 1),
        "a text bomb": text_bomb,
        "a profile bomb": profile_bomb,
        "many scans": many_scans,
        "half a png": lambda: encoded(Image.effect_noise((64, 64), 50), "PNG")[:2000],
        "half a jpeg": lambda: encoded(Image.effect_noise((64, 64), 50), "JPEG")[:1000],
        "half a webp": lambda: encoded(Image.effect_noise((64, 64), 50), "WEBP")[:1000],
    }
)
"""What is no picture, or none that can be used."""

TAKEN: Final[Mapping[str, Callable[[], bytes]]] = MappingProxyType(
    {
        "a png": plain,
        "a jpeg": lambda: plain("JPEG"),
        "a webp": lambda: plain("WEBP"),
        "a dot": lambda: plain(size=(1, 1)),
        "a line": lambda: plain(size=(4000, 1)),
        "script in a jpeg": jpeg_with_script,
        "script in a png": png_with_script,
        "script in a webp": webp_with_metadata,
        "an archive too": with_archive,
        "four inks": lambda: plain("JPEG", mode="CMYK"),
        "16 bits": deep_gray,
        "1 bit": lambda: plain(mode="1"),
        "gray and alpha": lambda: encoded(Image.new("LA", (40, 30), (9, 9)), "PNG"),
        "see-through": see_through,
        "a thousand frames": lambda: animated("WEBP", 1000),
        "a moving png": lambda: animated("PNG", 3),
        "broken exif": broken_exif,
        "broken profile": broken_profile,
        "swapped colours": swapped_colours,
    }
)
"""What is odd, or tries to bring something along, and is a picture."""

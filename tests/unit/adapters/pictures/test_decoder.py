"""What the decoder makes of pictures, in this process."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, UnidentifiedImageError

from doorward.adapters.pictures import decoder
from doorward.adapters.pictures.webp import is_bare
from tests.unit.adapters.pictures.hostile import (
    SCRIPT,
    TAKEN,
    animated,
    deep_gray,
    many_scans,
    plain,
    png,
    see_through,
    swapped_colours,
    turned,
)

EDGE = 24
_SEEDS = {name: make() for name, make in TAKEN.items() if name != "a thousand frames"}


def shown(picture: bytes) -> Image.Image:
    """Return the pixels of what the decoder made."""
    with Image.open(BytesIO(picture), formats=("WEBP",)) as image:
        return image.convert("RGBA")


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    """Tell whether a pixel is of a colour; WebP is not exact."""
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(there - wanted) < 60 for there, wanted in zip(found, colour, strict=False))


@pytest.mark.parametrize("name", TAKEN)
def test_shrunk_odd_picture_is_a_bare_webp_within_bounds(name: str) -> None:
    source = TAKEN[name]()

    made = decoder.shrunk(source, EDGE)

    assert is_bare(made)
    assert SCRIPT not in made
    assert b"PK\x03\x04" not in made
    assert max(shown(made).size) <= EDGE


def test_shrunk_picture_is_a_square_from_its_middle() -> None:
    image = Image.new("RGB", (90, 30), "white")
    image.paste("red", (30, 0, 60, 30))
    out = BytesIO()
    image.save(out, "PNG")

    made = shown(decoder.shrunk(out.getvalue(), EDGE))

    assert made.size == (EDGE, EDGE)
    assert near(made, (1, 12), (255, 0, 0))
    assert near(made, (EDGE - 2, 12), (255, 0, 0))


def test_shrunk_small_picture_is_not_made_larger() -> None:
    made = shown(decoder.shrunk(plain(size=(10, 8)), EDGE))

    assert made.size == (8, 8)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_shrunk_turned_picture_stands_upright(orientation: int) -> None:
    made = shown(decoder.shrunk(turned(orientation), 32))

    assert near(made, (4, 4), (0, 0, 255))
    assert near(made, (28, 4), (255, 0, 0))
    assert near(made, (28, 28), (255, 255, 255))


def test_shrunk_colour_profile_is_applied() -> None:
    made = shown(decoder.shrunk(swapped_colours(), EDGE))

    assert near(made, (12, 12), (0, 0, 255))


def test_shrunk_16_bits_keep_their_gray() -> None:
    made = shown(decoder.shrunk(deep_gray(), EDGE))

    assert near(made, (12, 12), (128, 128, 128))


def test_shrunk_transparency_by_number_stays() -> None:
    made = shown(decoder.shrunk(see_through(), EDGE))

    assert made.getpixel((2, 12)) != (0, 0, 0, 0)
    assert made.getchannel("A").getpixel((EDGE - 2, 12)) == 0
    assert made.getchannel("A").getpixel((2, 12)) == 255


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_shrunk_moving_picture_is_its_first_frame(form: str) -> None:
    made = shown(decoder.shrunk(animated(form, 5), EDGE))

    assert near(made, (8, 8), (255, 0, 0))


def test_shrunk_colours_under_full_transparency_are_gone() -> None:
    image = Image.new("RGBA", (EDGE, EDGE), (200, 100, 50, 0))
    out = BytesIO()
    image.save(out, "PNG")

    made = shown(decoder.shrunk(out.getvalue(), EDGE))

    assert not near(made, (12, 12), (200, 100, 50))


@pytest.mark.parametrize("form", ["GIF", "BMP", "PPM", "TIFF", "ICO"])
def test_shrunk_other_form_is_refused(form: str) -> None:
    with pytest.raises(UnidentifiedImageError):
        decoder.shrunk(plain(form), EDGE)


def test_shrunk_claims_too_many_pixels_is_refused_by_its_header() -> None:
    with pytest.raises(ValueError, match="too many pixels"):
        decoder.shrunk(png(6001, 6000), EDGE)


def test_shrunk_too_many_scans_is_refused_before_they_are_decoded() -> None:
    with pytest.raises(ValueError, match="too many scans"):
        decoder.shrunk(many_scans(), EDGE)


@given(
    seed=st.sampled_from(sorted(_SEEDS)),
    cut=st.integers(0, 100),
    noise=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    more=st.binary(max_size=40),
)
def test_shrunk_damaged_picture_is_refused_or_a_bare_webp_within_bounds(
    seed: str, cut: int, noise: list[tuple[float, int]], more: bytes
) -> None:
    damaged = bytearray(_SEEDS[seed])
    for place, value in noise:
        damaged[int(place * len(damaged))] = value
    source = bytes(damaged[: len(damaged) - cut]) + more

    try:
        made = decoder.shrunk(source, EDGE)
    except Exception:  # noqa: BLE001 (whatever it is, it ends the decoder's process, which is a refusal)
        return

    assert is_bare(made)
    assert max(shown(made).size) <= EDGE

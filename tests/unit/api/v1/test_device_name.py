"""What devices are called."""

import pytest

from doorward.api.v1.device_name import device_name

LINUX = "Mozilla/5.0 (X11; Linux x86_64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (f"{LINUX} {ENGINE} Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux"),
        (f"{WINDOWS} {ENGINE} Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        (f"{MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox on Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Unknown device"),
        ("\x00\x1b[31m evil", "[31m"),
        ("x" * 500, "x" * 60),
    ],
)
def test_device_name_of_a_program(program: str, expected: str) -> None:
    assert device_name(program) == expected


def test_device_name_that_the_device_gave_itself_goes_first() -> None:
    assert device_name("curl/8.5.0", "Ada's phone") == "Ada's phone"


@pytest.mark.parametrize("presented", ["", "   ", "\u202e", "\u200b\u2066"])
def test_device_name_that_nobody_can_read_is_not_taken(presented: str) -> None:
    assert device_name("curl/8.5.0", presented) == "curl/8.5.0"


def test_device_name_direction_marks_are_left_out() -> None:
    assert device_name("", "ab\u202ecd") == "abcd"

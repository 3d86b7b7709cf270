"""Names and flags of the cookies."""

from datetime import timedelta

import pytest
from starlette.responses import Response

from doorward.api.refusals import CookieRepeated
from doorward.api.v1.web.cookies import Cookies, cookies_of

SECURE = cookies_of("https://id.example")
PLAIN = cookies_of("http://localhost:8000")


def test_cookies_of_https_issuer_carry_prefixes() -> None:
    assert {cookie.name for cookie in SECURE.all} == {
        "__Host-dw_access",
        "__Secure-dw_refresh",
        "__Host-dw_csrf",
        "__Host-dw_pre",
        "__Host-dw_device",
        "__Host-dw_sso",
        "__Host-dw_sent",
        "__Host-dw_mark",
        "__Host-dw_return",
        "__Host-dw_away",
        "__Host-dw_away_by_form",
        "__Host-dw_finish",
        "__Host-dw_gate",
        "__Host-dw_gate_mark",
    }


def test_cookies_of_http_issuer_carry_none() -> None:
    names = {cookie.name for cookie in PLAIN.all}

    plain = {"dw_access", "dw_refresh", "dw_csrf", "dw_pre", "dw_device", "dw_sso", "dw_sent"}
    others = {"dw_mark", "dw_return", "dw_away", "dw_away_by_form", "dw_finish", "dw_gate", "dw_gate_mark"}
    assert names == plain | others


def set_cookie(cookies: Cookies, name: str) -> set[str]:
    answer = Response()
    cookies.set(answer, getattr(cookies, name), "value", lives_for=timedelta(minutes=5))
    return {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("access", {"__host-dw_access=value", "path=/", "secure", "httponly", "samesite=strict"}),
        ("refresh", {"__secure-dw_refresh=value", "path=/v1/auth", "secure", "httponly", "samesite=strict"}),
        ("csrf", {"__host-dw_csrf=value", "path=/", "secure", "samesite=strict"}),
        ("pre", {"__host-dw_pre=value", "path=/", "secure", "httponly", "samesite=lax"}),
        ("device", {"__host-dw_device=value", "path=/", "secure", "httponly", "samesite=strict"}),
        ("sso", {"__host-dw_sso=value", "path=/", "secure", "httponly", "samesite=lax"}),
    ],
)
def test_set_secure_cookie_has_exactly_these_flags(name: str, expected: set[str]) -> None:
    assert set_cookie(SECURE, name) == expected | {"max-age=300"}


def test_set_in_development_differs_in_prefix_and_secure_alone() -> None:
    assert set_cookie(PLAIN, "access") == {"dw_access=value", "path=/", "httponly", "samesite=strict", "max-age=300"}


def test_cookies_of_issuer_with_a_path_keeps_refresh_below_it() -> None:
    assert cookies_of("https://id.example/auth/").refresh.path == "/auth/v1/auth"


def test_read_takes_our_own_and_leaves_the_rest() -> None:
    found = PLAIN.read("theme=dark; dw_access=abc; dw_csrf=d=e; other=1")

    assert found == {"dw_access": "abc", "dw_csrf": "d=e"}


@pytest.mark.parametrize("header", ["dw_access=a; dw_access=b", "dw_access=a; x=1; dw_access=a", "dw_pre=;dw_pre=1"])
def test_read_repeated_cookie_of_ours_is_refused(header: str) -> None:
    with pytest.raises(CookieRepeated):
        PLAIN.read(header)


def test_read_repeated_cookie_of_others_is_none_of_our_business() -> None:
    assert PLAIN.read("theme=dark; theme=light") == {}


@pytest.mark.parametrize("header", ["dw_access=a", "__Secure-dw_access=a", "__host-dw_access=a"])
def test_read_twin_without_the_right_prefix_is_not_ours(header: str) -> None:
    assert SECURE.read(header) == {}


@pytest.mark.parametrize("blank", ["\x0b", "\x0c", "\x1c", "\x85", "\xa0"])
def test_read_twin_behind_a_blank_that_browsers_take_for_a_letter_is_not_ours(blank: str) -> None:
    assert SECURE.read(f"{blank}__Host-dw_access=planted; __Host-dw_csrf{blank}=planted") == {}


@pytest.mark.parametrize("header", ["", ";", "; ;", "=", "dw_access", "dw_access;", "\x00=\x01"])
def test_read_malformed_header_yields_no_value(header: str) -> None:
    assert set(PLAIN.read(header).values()) <= {""}


@pytest.mark.parametrize("cookies", [SECURE, PLAIN], ids=["https", "http"])
@pytest.mark.parametrize("seconds", [0, 300])
def test_set_says_what_the_framework_says(cookies: Cookies, seconds: int) -> None:
    ours, theirs = Response(), Response()

    for cookie in cookies.all:
        cookies.set(ours, cookie, "a-value.of_ours", lives_for=timedelta(seconds=seconds))
        theirs.set_cookie(
            cookie.name,
            "a-value.of_ours",
            max_age=seconds,
            path=cookie.path,
            secure=cookies.is_secure or cookie.same_site == "none",
            httponly=not cookie.is_readable,
            samesite=cookie.same_site,
        )

    assert ours.headers.getlist("set-cookie") == theirs.headers.getlist("set-cookie")


@pytest.mark.parametrize(
    "value", ["a; path=/", "a\r\nset-cookie: b=c", "a\x00", 'a"', "a b", "a,b", "a\\b", "é", "\x7f"]
)
def test_set_value_that_says_more_than_itself_is_refused_and_sets_nothing(value: str) -> None:
    answer = Response()

    with pytest.raises(ValueError, match="cannot hold"):
        PLAIN.set(answer, PLAIN.access, value, lives_for=timedelta(minutes=5))

    assert "set-cookie" not in answer.headers

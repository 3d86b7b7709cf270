"""The cookies of a browser session: their names and flags, chosen once from the issuer.

Source: RFC 6265bis section 4.1.3 (name prefixes); OWASP ASVS 5.0 chapter V3.3.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

from starlette.responses import Response

from doorward.api.refusals import CookieRepeated
from doorward.core.sessions.records import Remembered
from doorward.core.sessions.tokens import DEVICE_LIVES_FOR

PRE_SESSION_LIVES_FOR: Final = timedelta(hours=12)
_AUTH_PATH: Final = "/v1/auth"
_BLANK: Final = " \t"
"""What may stand around a cookie. Other blanks belong to its name, or a sibling host could plant a twin of ours."""

_OF_VALUES: Final = bytes(range(0x21, 0x7F)).translate(None, b'",;\\')
"""What values of cookies are made of: whatever reads them takes it as it is (RFC 6265 section 4.1.1)."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie: its full name, and where it goes."""

    name: str
    path: str = "/"
    is_readable: bool = False
    same_site: Literal["strict", "lax", "none"] = "strict"


@dataclass(frozen=True, slots=True)
class Cookies:
    """Every cookie of ours. With an https issuer the names carry a prefix, and no twin without it is ever read."""

    access: Cookie
    refresh: Cookie
    csrf: Cookie
    pre: Cookie
    device: Cookie
    sso: Cookie
    sent: Cookie
    mark: Cookie
    returns: Cookie
    away: Cookie
    away_by_form: Cookie
    finish: Cookie
    gate: Cookie
    gate_mark: Cookie
    is_secure: bool

    @property
    def all(self) -> tuple[Cookie, ...]:
        """All of them."""
        return (
            self.access,
            self.refresh,
            self.csrf,
            self.pre,
            self.device,
            self.sso,
            self.sent,
            self.mark,
            self.returns,
            self.away,
            self.away_by_form,
            self.finish,
            self.gate,
            self.gate_mark,
        )

    def read(self, header: str) -> dict[str, str]:
        """Return our cookies in a Cookie header by their full names; what others set is left out.

        Raises: CookieRepeated.
        """
        return _found(header, _names(self.is_secure))

    def of_application(self, client_id: str) -> Cookie:
        """Return the cookie that holds the refresh token of one application that runs in browsers.

        Its name begins so that no sibling host can plant another's: whoever got that would work in another's name.
        """
        return Cookie(f"{'__Host-' if self.is_secure else ''}dw_app_{client_id}")

    def read_one(self, header: str, cookie: Cookie) -> str | None:
        """Return one cookie of ours in a Cookie header; an empty one counts as none.

        Raises: CookieRepeated.
        """
        return held(_found(header, {cookie.name}), cookie)

    def set(self, answer: Response, cookie: Cookie, value: str, *, lives_for: timedelta) -> None:
        """Let the browser keep a cookie.

        Raises: ValueError, when the value is not made of what a cookie may hold as it is (RFC 6265 section 4.1.1).
        """
        if value.encode().translate(None, _OF_VALUES):
            raise ValueError("a cookie cannot hold this value")
        attributes = _attributes(cookie, int(lives_for.total_seconds()), is_secure=self.is_secure)
        answer.raw_headers.append((b"set-cookie", f"{cookie.name}={value}; {attributes}".encode()))

    def delete(self, answer: Response, cookie: Cookie) -> None:
        """Let the browser forget a cookie."""
        self.set(answer, cookie, "", lives_for=timedelta(0))

    def set_session(self, answer: Response, remembered: Remembered, *, csrf_token: str, page_token: str) -> None:
        """Let the browser keep a session. The pre-session ends with it; a device that is known stays known."""
        self.set(answer, self.access, remembered.access_token, lives_for=remembered.access_expires_in)
        self.set(answer, self.refresh, remembered.refresh_token, lives_for=remembered.refresh_expires_in)
        self.set(answer, self.csrf, csrf_token, lives_for=remembered.refresh_expires_in)
        self.set(answer, self.sso, page_token, lives_for=remembered.refresh_expires_in)
        if remembered.device_token is not None:
            self.set(answer, self.device, remembered.device_token, lives_for=DEVICE_LIVES_FOR)

    def delete_session(self, answer: Response) -> None:
        """Let the browser forget the session; the device stays known."""
        for cookie in (self.access, self.refresh, self.csrf, self.pre, self.sso):
            self.delete(answer, cookie)


@lru_cache(maxsize=16)
def cookies_of(issuer: str) -> Cookies:
    """Return the cookies of a deployment: prefixed and Secure with an https issuer, plain on http in development."""
    parts = urlsplit(issuer)
    is_secure = parts.scheme == "https"
    host, secure = ("__Host-", "__Secure-") if is_secure else ("", "")
    return Cookies(
        access=Cookie(f"{host}dw_access"),
        refresh=Cookie(f"{secure}dw_refresh", path=parts.path.rstrip("/") + _AUTH_PATH),
        csrf=Cookie(f"{host}dw_csrf", is_readable=True),
        # Lax like the session of the pages: whoever comes by a mailed link keeps the forms of the other tabs alive.
        pre=Cookie(f"{host}dw_pre", same_site="lax"),
        device=Cookie(f"{host}dw_device"),
        sso=Cookie(f"{host}dw_sso", same_site="lax"),
        sent=Cookie(f"{host}dw_sent"),
        # Lax too: people come with them from applications, and by mailed links.
        mark=Cookie(f"{host}dw_mark", same_site="lax"),
        returns=Cookie(f"{host}dw_return", same_site="lax"),
        # What a browser holds while it is with another provider, which sends it back from another site.
        away=Cookie(f"{host}dw_away", same_site="lax"),
        away_by_form=Cookie(f"{host}dw_away_by_form", same_site="none"),
        finish=Cookie(f"{host}dw_finish", same_site="lax"),
        # What browsers hold for other hosts behind a gateway; people come there by links, and back from signing in.
        gate=Cookie(f"{host}dw_gate", same_site="lax"),
        gate_mark=Cookie(f"{host}dw_gate_mark", same_site="lax"),
        is_secure=is_secure,
    )


@lru_cache(maxsize=128)
def _attributes(cookie: Cookie, seconds: int, *, is_secure: bool) -> str:
    """Return what follows the value. Starlette's `set_cookie` says the same, and makes it anew for each answer."""
    flags = {
        "HttpOnly": not cookie.is_readable,
        f"Max-Age={seconds}": True,
        f"Path={cookie.path}": True,
        f"SameSite={cookie.same_site}": True,
        "Secure": is_secure or cookie.same_site == "none",  # browsers keep no such cookie without
    }
    return "; ".join(flag for flag, is_set in flags.items() if is_set)


@lru_cache(maxsize=16)
def _names(is_secure: bool) -> frozenset[str]:  # noqa: FBT001 (a key of the cache: hashing all cookies takes longer)
    """Return the names of all cookies; only the scheme of the issuer decides them."""
    cookies = cookies_of("https://" if is_secure else "http://")
    return frozenset(cookie.name for cookie in cookies.all)


def _found(header: str, names: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in header.split(";"):
        name, _, value = pair.partition("=")
        name = name.strip(_BLANK)
        if name not in names:
            continue
        if name in found:
            raise CookieRepeated
        found[name] = value.strip(_BLANK)
    return found


def held(jar: Mapping[str, str], cookie: Cookie) -> str | None:
    """Return the value of a cookie that a browser sent; an empty one counts as none."""
    return jar.get(cookie.name) or None

"""Signing in as a browser does: a CSRF token first, then cookies."""

from http.cookies import SimpleCookie
from typing import Final

from benchmarks.callers import member
from benchmarks.filling import PASSWORD
from benchmarks.run import CannotMeasure
from benchmarks.wire import Answer, Connection, get, post

_CSRF: Final = "/v1/auth/csrf"
_LOGIN: Final = "/v1/auth/login_web"


async def sign_in(connection: Connection, port: int, login: str) -> str:
    """Return the cookies of a new session, as a Cookie header holds them.

    Raises: CannotMeasure, when the sign-in is refused.
    """
    first = await connection.ask(get(_CSRF, port))
    jar = _set_by(first)
    headers = {
        "Origin": f"http://localhost:{port}",
        "X-CSRF-Token": member(first, "csrf_token"),
        "Cookie": _as_header(jar),
    }
    answer = await connection.ask(post(_LOGIN, port, {"username": login, "password": PASSWORD}, headers))
    jar.update(_set_by(answer))
    if not any("access" in name for name in jar):
        raise CannotMeasure(f"signing in to the web was answered with {answer.status} and no access cookie")
    return _as_header(jar)


def _set_by(answer: Answer) -> dict[str, str]:
    jar: dict[str, str] = {}
    for line in answer.head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "set-cookie":
            jar |= {cookie: morsel.value for cookie, morsel in SimpleCookie(value).items()}
    return jar


def _as_header(jar: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in jar.items() if value)

"""The address that a mail was just sent to, kept by the browser so that the next page can name it.

It stands in no URL, where histories and logs would keep it.
"""

import base64
import binascii
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from doorward.api.v1.web import csrf
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.visit import Visit
from doorward.core.kernel.secrets import encode, mac, same

LIVES_FOR: Final = timedelta(minutes=15)
_CONTEXT: Final = b"sent1"


def remember(visit: Visit, answer: Response, email: str) -> None:
    """Let the browser keep an address, sealed for this session or pre-session alone."""
    bound = csrf.bound_to(visit)
    if bound is None:
        return
    cookies = cookies_of(visit.doors.issuer)
    value = base64.urlsafe_b64encode(email.encode()).decode().rstrip("=")
    cookies.set(answer, cookies.sent, f"{value}.{_seal(visit, bound.id, email)}", lives_for=LIVES_FOR)


def recall(visit: Visit) -> str:
    """Return the address that this browser keeps, or an empty string."""
    bound = csrf.bound_to(visit)
    value, _, seal = (held(visit.jar, cookies_of(visit.doors.issuer).sent) or "").partition(".")
    email = _decode(value)
    if bound is None or not seal.isascii():
        return ""
    return email if same(seal.encode(), _seal(visit, bound.id, email).encode()) else ""


def forget(visit: Visit, answer: Response) -> None:
    """Let the browser forget the address."""
    cookies = cookies_of(visit.doors.issuer)
    if cookies.sent.name in visit.jar:
        cookies.delete(answer, cookies.sent)


def _seal(visit: Visit, bound_id: str, email: str) -> str:
    return encode(mac(visit.doors.csrf_key, _CONTEXT, bound_id.encode(), email.encode()))


def _decode(value: str) -> str:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""

"""The header fields that protect every answer, whatever it is.

Source: OWASP ASVS 5.0 chapter V3.4; W3C Content Security Policy Level 3; RFC 6797 (HSTS).
"""

from itertools import product
from typing import Final

from doorward.api.visit import Visit

Field = tuple[bytes, bytes]

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'nonce-{nonce}'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'; form-action {form_action}; require-trusted-types-for 'script'; trusted-types 'none'"
)
DATA_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"

_PERMISSIONS: Final = (
    b"accelerometer=(), autoplay=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), "
    b"magnetometer=(), microphone=(), midi=(), payment=(), usb=(), "
    b"publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", _PERMISSIONS),
)
_HSTS: Final = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_NO_STORE: Final = (b"cache-control", b"no-store")
_DATA: Final = (b"content-security-policy", DATA_POLICY)

_OF_FILES: Final = (
    *_ALWAYS,
    (b"content-security-policy", b"sandbox; default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    _NO_STORE,
)


def _shared(*, is_secure: bool, is_cacheable: bool, is_page: bool) -> tuple[Field, ...]:
    secure = (_HSTS,) if is_secure else ()
    unkept = () if is_cacheable else (_NO_STORE,)
    data = () if is_page else (_DATA,)
    return *_ALWAYS, *secure, *unkept, *data


_SHARED: Final = {
    (is_secure, is_cacheable, is_page): _shared(is_secure=is_secure, is_cacheable=is_cacheable, is_page=is_page)
    for is_secure, is_cacheable, is_page in product((False, True), repeat=3)
}


def protect(headers: list[Field], visit: Visit) -> tuple[Field, ...]:
    """Add to `headers` what protects this answer alone, and return what protects it as it does many others.

    Only what may be cached says so itself; the rest is never kept.
    """
    is_page = is_cacheable = False
    for name, value in headers:
        if name == b"content-type":
            is_page = value.startswith(b"text/html")
        elif name == b"cache-control":
            is_cacheable = True
    if is_page:
        policy = _page_policy(visit)
        # Browsers that know frame-ancestors go by that; the older field is for those that do not.
        framed = b"SAMEORIGIN" if b"frame-ancestors 'self'" in policy else b"DENY"
        headers += ((b"content-security-policy", policy), (b"x-frame-options", framed))
    return _SHARED[visit.doors.issuer.startswith("https:"), is_cacheable, is_page]


def protect_file(headers: list[Field], visit: Visit) -> tuple[Field, ...]:
    """Return what keeps an answer of the origin of files from being more than bytes that are saved.

    Source: W3C Content Security Policy Level 3 section 6.4.2 (sandbox); OWASP File Upload Cheat Sheet.
    """
    names = {name for name, _ in headers}
    secure = (_HSTS,) if visit.doors.issuer.startswith("https:") else ()
    return *(field for field in _OF_FILES if field[0] not in names), *secure


def _page_policy(visit: Visit) -> bytes:
    form_action = " ".join(("'self'", *visit.form_targets))
    policy = visit.page_policy or PAGE_POLICY
    return policy.format(nonce=visit.nonce, form_action=form_action).encode("latin-1")

"""The header fields that protect every answer, whatever it is.

Source: OWASP ASVS 5.0 chapter V3.4; W3C Content Security Policy Level 3; RFC 6797 (HSTS).
"""

from typing import Final

from doorward.api.visit import Visit

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


def protect(headers: list[tuple[bytes, bytes]], visit: Visit) -> None:
    """Add to an answer's `headers` what protects it. Only what may be cached says so itself; the rest is never kept."""
    is_page = is_cacheable = False
    for name, value in headers:
        if name == b"content-type":
            is_page = value.startswith(b"text/html")
        elif name == b"cache-control":
            is_cacheable = True
    headers += _ALWAYS
    if visit.doors.issuer.startswith("https:"):
        headers.append(_HSTS)
    if not is_cacheable:
        headers.append(_NO_STORE)
    if not is_page:
        headers.append(_DATA)
        return
    policy = _page_policy(visit)
    # Browsers that know frame-ancestors go by that; the older field is for those that do not.
    framed = b"SAMEORIGIN" if b"frame-ancestors 'self'" in policy else b"DENY"
    headers += ((b"content-security-policy", policy), (b"x-frame-options", framed))


def protect_file(headers: list[tuple[bytes, bytes]], visit: Visit) -> None:
    """Add to an answer of the origin of files what keeps it from being more than bytes that are saved.

    Source: W3C Content Security Policy Level 3 section 6.4.2 (sandbox); OWASP File Upload Cheat Sheet.
    """
    names = {name for name, _ in headers}
    headers += (field for field in _OF_FILES if field[0] not in names)
    if visit.doors.issuer.startswith("https:"):
        headers.append(_HSTS)


def _page_policy(visit: Visit) -> bytes:
    form_action = " ".join(("'self'", *visit.form_targets))
    policy = visit.page_policy or PAGE_POLICY
    return policy.format(nonce=visit.nonce, form_action=form_action).encode("latin-1")

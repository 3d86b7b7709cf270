"""Addresses that attackers write to be sent elsewhere, and addresses that every reader must take alike."""

from itertools import product
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.builders import CALLBACK
from tests.functional.vectors import FOLDER

REGISTERED: Final = (CALLBACK, "http://127.0.0.1/signed-in", "http://[::1]:7777/signed-in?from=app")

_EVIL: Final = (
    "https://evil.example",
    "//evil.example",
    "@evil.example",
    ".evil.example",
    "%2eevil.example",
    "evil.example",
    ":80@evil.example",
    ":443",
    "#@evil.example",
    "#",
    "?",
    "/",
    "//",
    "\\",
    "\\@evil.example",
    "%5c@evil.example",
    "%00",
    "%0d%0aLocation:%20https://evil.example",
    "\r\nX: y",
    "\t",
    " ",
    "\x00",
    "\u3002evil.example",
    "\uff0fevil.example",
    "\u202e",
    "/../evil",
    "/..;/evil",
    "/%2e%2e/evil",
    "/%252e%252e/evil",
    ";evil",
    "*",
    "?code=stolen",
    "&state=stolen",
)
_WHOLE: Final = (
    "HTTPS://app.example/signed-in",
    "Https://app.example/signed-in",
    "https://APP.example/signed-in",
    "https://app.example/Signed-in",
    "https://app.example/signed%2Din",
    "https://app.example./signed-in",
    "https://app.example:443/signed-in",
    "https://app.example:/signed-in",
    "https://app.example@evil.example/signed-in",
    "https://evil.example@app.example/signed-in",
    "https://app.example:x@evil.example/signed-in",
    "https://a@b@app.example/signed-in",
    "https://app.example%40evil.example/signed-in",
    "https://app.example\\@evil.example/signed-in",
    "https:\\\\app.example/signed-in",
    "https:/app.example/signed-in",
    "https:app.example/signed-in",
    "https:///app.example/signed-in",
    "http://app.example/signed-in",
    "http://localhost/signed-in",
    "http://localhost:80@evil.example/signed-in",
    "http://127.0.0.1@evil.example/signed-in",
    "http://127.0.0.1:80@evil.example/signed-in",
    "http://127.0.0.1:99999/signed-in",
    "http://127.0.0.1:080/signed-in",
    "http://127.0.0.1:-1/signed-in",
    "http://127.0.0.1:/signed-in",
    "http://127.0.0.1.evil.example/signed-in",
    "http://127.0.0.2/signed-in",
    "http://127.1/signed-in",
    "http://2130706433/signed-in",
    "http://0x7f000001/signed-in",
    "http://0177.0.0.1/signed-in",
    "http://127.0.0.1\\evil.example/signed-in",
    "http://127.0.0.1#@evil.example/signed-in",
    "http://127.0.0.1?@evil.example/signed-in",
    "http://[::ffff:127.0.0.1]/signed-in",
    "http://[0:0:0:0:0:0:0:1]/signed-in",
    "http://[::1%25lo]/signed-in",
    "http://[::1]evil.example:7777/signed-in?from=app",
    "https://127.0.0.1/signed-in",
    "JavaScript:alert(1)",
    "javascript:alert(1)//https://app.example/signed-in",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://app.example/1",
    "about:blank",
    "ws://app.example/signed-in",
    "custom:/signed-in",
    "urn:ietf:wg:oauth:2.0:oob",
    "",
    " https://app.example/signed-in",
    "https://app.example/signed-in ",
    "https://app.example/signed-in?",
    "https://app.example/" + "a" * 2000,
)


def open_redirects() -> list[str]:
    """Return published payloads as they stand, joined to a good address, and our own; none of them is registered.

    Skip the test, saying so, where the published ones are absent.
    """
    file = FOLDER / "open-redirects.txt"
    if not file.is_file():
        pytest.skip("the open redirects are not here: DOORWARD_TEST_VECTORS names their folder")
    published = file.read_text("utf-8").splitlines()
    host = CALLBACK.removesuffix("/signed-in")
    joined = [start + end for start, end in product((CALLBACK, host), (*_EVIL, *published))]
    unusual = [f"{start}{end}" for start, end in product(REGISTERED[1:], _EVIL) if end != ":443"]
    return list(dict.fromkeys([*published, *_WHOLE, *joined, *unusual]))


_HOSTS: Final = (
    *[
        "app.example",
        "a",
        "a-b.example",
        "a--b.example",
        "1a.example",
        "a1",
        "a.1",
        "a.0x",
        "app.example.",
        "APP.example",
        "a_b.example",
        "a..b",
    ],
    *["-a.example", "a-.example", "xn--bcher-kva.example", "xn--strae-oqa.example", "xn--a.example", "xn--.example"],
    *[
        "xn--ls8h.example",
        "xn--80ak6aa92e",
        "xn--BCHER-kva.example",
        "bücher.de",
        "ａ.example",
        "a@b",
        "app.example%2e",
    ],
    *["1.2.3.4", "1.2.3", "01.2.3.4", "256.1.1.1", "0x7f.1", "1.2.3.4.", "127.0.0.1", "localhost", "app%00.example"],
    *[
        "[::1]",
        "[2001:db8::1]",
        "[2001:DB8::1]",
        "[::ffff:1.2.3.4]",
        "[::ffff:102:304]",
        "[::]",
        "[2001:db8:0:0:1::]",
        "[1::2::3]",
    ],
    "a" * 63,
    "a" * 64,
    "a." * 126 + "a",
    "a." * 128 + "a",
)
_PORTS: Final = ("", ":", ":1", ":80", ":443", ":0443", ":65535", ":65536", ":x")
_TAILS: Final = (
    "",
    "/ ",
    "/\t",
    *[
        "/",
        "/a",
        "/a/b?c=d",
        "?a=b",
        "/@x",
        "//x",
        "/a//b",
        "/a;b=c",
        "/%41",
        "/caf%C3%A9",
        "/%2e",
        "/%2E%2e/x",
        "/..",
        "/.",
        "/..;x/y",
        "/a/%2fb",
        "/a/%5cb",
    ],
    *["/%00", "/%zz", "/a%", "?x=%0a", "/a?b?c/d", "/a#b", "/a\\b", "/a*b", "/é"],
)
_OTHERS: Final = (
    *["com.example.app:/cb", "com.example.app://cb", "com.example.app://cb.example/x?y=z", "com.example.app:cb"],
    *["Com.example:/cb", "com.example.app://CB/x", "com.example.app://a:1/x", "com.example.app://a@b/x", "com..app:/x"],
    *["com.example.app:///x", "com.example.app:/a/../b", "com.example.app://1.2.3.4/x", "com.example.app:/"],
)


def candidates() -> list[str]:
    """Return a few thousand addresses, good and odd, of which some may be registered."""
    schemes = ("https", "http")
    return [
        f"{scheme}://{host}{port}{tail}" for scheme, host, port, tail in product(schemes, _HOSTS, _PORTS, _TAILS)
    ] + [*_OTHERS]


def host_of(text: str) -> tuple[str, str]:
    """Return scheme and host as the standard library reads them, spelled as browsers spell them."""
    split = urlsplit(text)
    host = split.hostname or ""
    return f"{split.scheme}:", f"[{host}]" if ":" in host else host

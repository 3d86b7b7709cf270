"""What a device is called in the list of sessions, when it does not say so itself."""

from typing import Final

LONGEST: Final = 60
UNKNOWN: Final = "Unknown device"

_PROGRAMS: Final = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""Words of a User-Agent, the more telling first: most programs claim to be several others too."""


def device_name(program: str, presented: str | None = None) -> str:
    """Return the name that a device gave itself, or what its program's name tells, in at most 60 characters."""
    given = _printable(presented or "")
    if given:
        return given
    browser = next((name for word, name in _PROGRAMS if word in program), None)
    system = next((name for word, name in _SYSTEMS if word in program), None)
    if browser or system:
        return " on ".join(name for name in (browser, system) if name)
    return _printable(program.partition(" ")[0]) or UNKNOWN


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]

"""Asking a gateway that runs whether it does what is written for it."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from doorward.gateway.description import Gateway, Rate, Site
from doorward.gateway.line import Line, Validity

MOST_AT_ONCE: Final = 400
"""How many requests one probe sends at most. Wider limits are not tried."""

SOON: Final = timedelta(days=21)
"""A certificate is to be renewed when less is left of its life, or less than a fifth, whichever is shorter."""

_LAST_PART: Final = 5
_CALLERS: Final = 16
_TOO_MANY: Final = 429
_REFUSED: Final = (400, 404, 421, 444)
_KEY_SET: Final = "/.well-known/jwks.json"
_STRANGE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "two lengths": "Content-Length: 4\r\nContent-Length: 5\r\n\r\na=bc",
        "chunks that are none": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    }
)

_NEXT: Final = "GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
_BOTH: Final = (
    "POST /healthz HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one probe saw; `remedy` is empty where that is what was to be seen."""

    probe: str
    told: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A gateway that runs, at the issuer's host, and what is written for it."""

    line: Line
    gateway: Gateway
    now: datetime

    def rate(self, name: str) -> Rate:
        """Return a limit of tier 1."""
        return next(rate for rate in self.gateway.rates if rate.name == name)


def examine(line: Line, gateway: Gateway, *, now: datetime) -> Iterator[Seen]:
    """Yield what each probe saw. They count against the limits of whoever asks, and against nobody else's.

    Raises: OSError, when the gateway cannot be reached.
    """
    target = Target(line, gateway, now)
    line.ask("GET", "/healthz")
    for name, probe in _PROBES.items():
        try:
            yield probe(target)
        except OSError as error:
            yield Seen(name, f"there was no answer: {error}", "See what the gateway wrote into its log.")


def _answers(target: Target) -> Seen:
    status = target.line.ask("GET", "/healthz").status
    remedy = "" if status == 200 else "See whether Doorward runs where topology.toml says, and what it wrote."  # noqa: PLR2004 (OK)
    return Seen("servers", f"/healthz is answered with {status}", remedy)


def _has_certificates(target: Target) -> Seen:
    shown = {site.host: _line_of(site, target.line).certificate() for site in target.gateway.sites if site.is_tls}
    if not shown:
        return Seen("certificates", "no origin begins with https")
    host, first = min(shown.items(), key=lambda item: _due(item[1]))
    remedy = "" if target.now < _due(first) else "Renew it, and see why that was not done by itself."
    return Seen(
        "certificates", f"the first to be renewed is that of {host}, which ends on {first.ends:%Y-%m-%d}", remedy
    )


def _due(certificate: Validity) -> datetime:
    """Return when a certificate is to be renewed."""
    return certificate.ends - min(SOON, (certificate.ends - certificate.begins) / _LAST_PART)


def _hides_figures(target: Target) -> Seen:
    status = target.line.ask("GET", "/metrics").status
    remedy = "" if status in _REFUSED else "Write the gateway anew: /metrics is for the network inside."
    return Seen("figures", f"/metrics is answered with {status}", remedy)


def _knows_its_names(target: Target) -> Seen:
    try:
        status = target.line.ask("GET", "/", host="another-name.invalid").status
    except OSError:
        return Seen("names", "another name than its own is not answered")
    remedy = (
        "" if status in _REFUSED else "Another server of this gateway answers to every name. Let ours be the default."
    )
    return Seen("names", f"another name than its own is answered with {status}", remedy)


def _refuses_what_is_ambiguous(target: Target) -> Seen:
    passed = []
    for what, rest in _STRANGE.items():
        try:
            status = target.line.send(f"POST /sign-in HTTP/1.1\r\nHost: {target.line.name}\r\n{rest}").status
        except OSError:
            continue
        if status not in (*_REFUSED, _TOO_MANY, 501):
            passed.append(f"{what}: {status}")
    if not _reads_chunks(target.line):
        passed.append("a length and chunks")
    if passed:
        remedy = "Something before this gateway mends requests. Let it refuse them instead."
        return Seen("ambiguity", f"it passes on {', '.join(passed)}", remedy)
    return Seen("ambiguity", "what can be read in two ways is refused, or read in the one that is right")


def _reads_chunks(line: Line) -> bool:
    """Tell whether a request with a length and chunks is refused, or ends with its chunks, so that the next is seen.

    Source: RFC 9112 section 6.3 (Transfer-Encoding overrides Content-Length).
    """
    rest = f"0\r\n\r\n{_NEXT.format(host=line.name)}"
    text = _BOTH.format(host=line.name, length=len(rest), body=rest)
    try:
        is_refused = line.send(text).status in (*_REFUSED, 501)
        return is_refused or line.count(text) == 2  # noqa: PLR2004 (this one, and the next)
    except TimeoutError:
        return False
    except OSError:
        return True


def _strips_identity(target: Target) -> Seen:
    guarded = [(site, place.path) for site in target.gateway.sites for place in site.places if place.is_guarded]
    forged = {field.replace("-", "_"): "root" for field in target.gateway.identity}
    let_in = []
    for site, path in guarded:
        status = _line_of(site, target.line).ask("GET", path, host=None, **forged).status
        if status < 300:  # noqa: PLR2004 (a success)
            let_in.append(f"{site.origin}{path}")
    if let_in:
        remedy = "Write the gateway anew, and see that nothing leads to these applications past it."
        return Seen("identity", f"whoever claims to be somebody is let in at {', '.join(let_in)}", remedy)
    told = "nobody is let in on their word" if guarded else "no application is guarded"
    return Seen("identity", told)


def _limits_the_api(target: Target) -> Seen:
    rate = target.rate("api")
    if 2 * rate.amount > MOST_AT_ONCE:
        return Seen("api limit", f"not tried: it is {rate.amount} a second")
    with ThreadPoolExecutor(_CALLERS) as pool:
        statuses = list(pool.map(lambda _: target.line.ask("GET", _KEY_SET).status, range(4 * rate.amount)))
    refused = statuses.count(_TOO_MANY)
    if refused:
        return Seen("api limit", f"of {len(statuses)} requests at once {refused} are too many")
    remedy = "Your connection may be too slow to try it; otherwise write the gateway anew."
    return Seen("api limit", f"{len(statuses)} requests at once were let in", remedy)


def _limits_attempts(target: Target) -> Seen:
    rate = target.rate("sign_in_page")
    if rate.amount >= MOST_AT_ONCE:
        return Seen("sign-in limit", f"not tried: it is {rate.amount} a minute")
    statuses = [
        target.line.ask("POST", "/sign-in", X_Forwarded_For=f"203.0.113.{number % 256}").status
        for number in range(rate.amount + 2)
    ]
    if statuses[-1] == _TOO_MANY:
        return Seen("sign-in limit", f"attempt {statuses.index(_TOO_MANY) + 1} within a minute is one too many")
    remedy = "The gateway believes callers who say where they come from, or counts nothing. Write it anew."
    return Seen("sign-in limit", f"{len(statuses)} attempts were let in, the last with {statuses[-1]}", remedy)


def _line_of(site: Site, like: Line) -> Line:
    return Line(site.host, site.port, site.is_tls, like.trusted)


_PROBES: Final[Mapping[str, Callable[[Target], Seen]]] = MappingProxyType(
    {
        "servers": _answers,
        "certificates": _has_certificates,
        "figures": _hides_figures,
        "names": _knows_its_names,
        "ambiguity": _refuses_what_is_ambiguous,
        "identity": _strips_identity,
        "sign-in limit": _limits_attempts,
        "api limit": _limits_the_api,
    }
)
"""Every probe, the gentlest first: the last use up what whoever asks may ask."""

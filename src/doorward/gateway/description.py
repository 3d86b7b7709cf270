"""What a gateway does, whichever it is: sites, pools of servers, limits, and the fields that nobody may bring along."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from doorward.api.gateways.identity import NAMES
from doorward.core.files.records import AVATAR_MAX_BYTES
from doorward.core.limits.records import LIMITS, Limit, Tier
from doorward.core.oauth.gateways.records import origin_of
from doorward.frontend.policy import policy
from doorward.gateway.contradictions import contradictions
from doorward.gateway.topology import Application, Edge, Networks, Topology, check_origin
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings
from doorward.settings.sections.files import FilesSettings
from doorward.settings.sections.server import DRAIN_SECONDS

DOORWARD: Final = "doorward"
FILES: Final = "files"
"""The pools of Doorward's own servers, and of those that answer at the files origin where these are others."""

UPLOADS: Final = ("/v1/web/files", "/v1/mobile/files", "/v1/web/avatar", "/v1/mobile/avatar", "/account/picture")
"""Where, on the issuer's origin, people send what is kept: at these paths and below."""

IDENTITY: Final = tuple(sorted(name.decode() for name in NAMES))
"""The header fields by which applications are told whose a request is, in lower case."""

OWN_PATHS: Final = frozenset(
    {
        "/.well-known",
        "/account",
        "/consent",
        "/console",
        "/dev",
        "/device",
        "/docs",
        "/forgot",
        "/forward-auth",
        "/healthz",
        "/metrics",
        "/oauth",
        "/openapi.json",
        "/readyz",
        "/register",
        "/reset",
        "/setup",
        "/sign-in",
        "/sign-out",
        "/static",
        "/unlock",
        "/v1",
        "/verify",
    }
)
"""What the first part of a path is where Doorward answers by itself."""

BROUGHT: Final = (
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-method",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-forwarded-uri",
    "x-original-method",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
)
"""By which header fields a gateway tells how a request reached it: no caller may. In lower case, besides IDENTITY."""

AMBIGUOUS: Final = r"^[^?]*(%(2f|5c|00)|[\x5c#]|/(\.|%2e)(\.|%2e)?([;/?]|%3b|$))"
"""Paths that are two places to two readers, in any case, as they come: a slash in a name, and ways up."""

SIGN_IN: Final = "/sign-in"
"""Where attempts to sign in are counted: by POST, on the issuer's origin."""

PATIENCE_SECONDS: Final = DRAIN_SECONDS - 1
"""For how long a gateway keeps an idle connection to a server, and passes over one that did not answer."""

_PORTS: Final = {"https": 443, "http": 80}
_MINUTE: Final = timedelta(minutes=1)
_AROUND_A_FILE: Final = 64 * 1024
"""How many bytes of a body may be more than the file in it, which are as many as a body has otherwise."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Servers that do the same."""

    name: str
    servers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Which access tokens a gateway takes by itself: of this issuer, for this audience, with all of these scopes."""

    issuer: str
    audience: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What answers below a path: a pool, or the files of a folder.

    `is_guarded`: Doorward is asked about each request. `tokens`: it is not, since the gateway reads them itself.
    `policy` is what pages among those files may do, as their Content-Security-Policy.
    """

    path: str
    pool: str | None
    root: Path | None
    is_guarded: bool
    tokens: Tokens | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One origin. On the issuer's, whatever is no application's is Doorward's."""

    origin: str
    host: str
    port: int
    is_tls: bool
    is_issuer: bool
    places: tuple[Place, ...]

    @property
    def authority(self) -> str:
        """Host and port as browsers name them, which servers hear whatever a request says."""
        return self.origin.partition("://")[2]

    @property
    def is_guarded(self) -> bool:
        """Tell whether Doorward is asked about any request to it."""
        return any(place.is_guarded for place in self.places)

    @property
    def is_files(self) -> bool:
        """Tell whether kept files are served here, and nothing else is."""
        return not self.is_issuer and self.is_doorwards

    @property
    def is_doorwards(self) -> bool:
        """Tell whether servers of Doorward answer here by themselves."""
        return self.is_issuer or any(place.pool in {DOORWARD, FILES} for place in self.places)

    @property
    def has_root(self) -> bool:
        """Tell whether one of its places is the whole of it."""
        return any(place.path == "/" for place in self.places)


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit of tier 1, as gateways count: so many a second or a minute, and a whole window's worth at once."""

    name: str
    amount: int
    is_per_minute: bool

    @property
    def retry_after_seconds(self) -> int:
        """After how long the next request fits, rounded up."""
        return -(-(60 if self.is_per_minute else 1) // self.amount)


@dataclass(frozen=True, slots=True)
class Uploads:
    """Where bodies are sent on as they come, kept nowhere on the way, and how long one may be."""

    paths: tuple[str, ...]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Files that a gateway sends when Doorward says so: below which location, from which folder."""

    location: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Gateway:
    """Everything that is written down for a gateway.

    `uploads` is None where nothing is kept, `kept` where Doorward sends files by itself.
    """

    sites: tuple[Site, ...]
    pools: tuple[Pool, ...]
    rates: tuple[Rate, ...]
    edge: Edge
    uploads: Uploads | None = None
    kept: Kept | None = None
    identity: tuple[str, ...] = IDENTITY


def described(settings: Settings, topology: Topology) -> Gateway:
    """Return what the gateway of a deployment does.

    Raises: SettingsInvalid, where topology and settings say different things.
    """
    problems = [
        *_elsewhere(settings.server.issuer),
        *contradictions(settings, topology),
        *_guarded_by_nobody(settings, topology),
        *_unreadable(settings, topology.applications),
        *_untrusted(settings, topology.gateway.networks),
        *_in_the_way(settings, topology.applications),
        *_around_the_guard(topology.applications),
    ]
    sites = tuple(_sites(settings, topology))
    if any(site.is_tls for site in sites) and None in (topology.gateway.certificate, topology.gateway.key):
        why, remedy = "An origin begins with https.", "Write certificate and key into [gateway] of topology.toml."
        problems.append(Problem("The gateway has no certificate.", why, remedy))
    if problems:
        raise SettingsInvalid(problems)
    rates = tuple(_rate(limit, settings.limits.limits_scale) for limit in _coarse())
    return Gateway(
        sites, tuple(_pools(topology)), rates, topology.gateway, _uploads(settings.files), _kept(settings.files)
    )


def _uploads(files: FilesSettings) -> Uploads | None:
    largest = max(files.files_max_bytes, AVATAR_MAX_BYTES)  # pictures come to some of these paths
    return Uploads(UPLOADS, largest + _AROUND_A_FILE) if files.files_origin else None


def _kept(files: FilesSettings) -> Kept | None:
    scheme, _, folder = files.files_url.get_secret_value().partition("://")
    is_here = files.files_origin is not None and files.files_accel is not None and scheme == "file"
    return Kept(files.files_accel or "", Path(unquote(folder))) if is_here else None


def _coarse() -> Iterator[Limit]:
    return (limit for limit in LIMITS if limit.tier is Tier.GATEWAY)


def _rate(limit: Limit, scale: int) -> Rate:
    seconds = limit.window.total_seconds()
    if seconds not in (1, _MINUTE.total_seconds()):
        raise ValueError(f"no gateway counts {limit.name} by {seconds} seconds")
    return Rate(limit.name, limit.amount * scale, is_per_minute=limit.window == _MINUTE)


def _pools(topology: Topology) -> Iterator[Pool]:
    yield Pool(DOORWARD, topology.auth.servers)
    if topology.files is not None:
        yield Pool(FILES, topology.files.servers)
    for number, each in enumerate(topology.applications, 1):
        if each.servers:
            yield Pool(f"application_{number}", each.servers)


def _sites(settings: Settings, topology: Topology) -> Iterator[Site]:
    """Yield the issuer's site, those of applications, and that of files."""
    own, files = origin_of(settings.server.issuer), settings.files.files_origin
    places: dict[str, list[Place]] = {own: []}
    for number, each in enumerate(topology.applications, 1):
        pool = f"application_{number}" if each.servers else None
        tokens = _tokens(settings, each) if each.bearer_only else None
        is_guarded = each.guarded and not each.bearer_only
        place = Place(each.path, pool, each.root, is_guarded, tokens, _policy(own, each))
        places.setdefault(each.origin, []).append(place)
    if files is not None:
        pool = FILES if topology.files else DOORWARD
        places[files] = [Place("/", pool, None, is_guarded=False)]
    for origin, found in places.items():
        parts = urlsplit(origin)
        yield Site(
            origin,
            host=parts.netloc.rpartition(":")[0] if parts.port else parts.netloc,
            port=parts.port or _PORTS[parts.scheme],
            is_tls=parts.scheme == "https",
            is_issuer=origin == own,
            places=tuple(sorted(found, key=lambda place: place.path)),
        )


def _policy(issuer: str, application: Application) -> str | None:
    if application.root is None:
        return None
    issuers = () if application.origin == issuer else (issuer,)
    return policy((*issuers, *application.connect))


def _tokens(settings: Settings, application: Application) -> Tokens | None:
    """Return which tokens an application takes, or None where doorward.toml does not say."""
    host = next((host for host in settings.gateways.protected_hosts if host.origin == application.origin), None)
    if host is None or host.audience is None:
        return None
    return Tokens(settings.server.issuer, host.audience, host.scopes)


def _unreadable(settings: Settings, applications: Sequence[Application]) -> Iterator[Problem]:
    """Yield a problem for each application whose tokens no gateway could tell apart."""
    roles = {host.origin: host.role for host in settings.gateways.protected_hosts}
    for each in applications:
        name = f"{each.origin}{each.path}"
        if each.bearer_only and _tokens(settings, each) is None:
            why = "A gateway that reads tokens must know which ones to take."
            remedy = f'Add audience to the entry of [[protected_hosts]] with origin = "{each.origin}".'
            yield Problem(f"{name} is bearer_only, and no audience is known.", why, remedy)
        if each.bearer_only and roles.get(each.origin) is not None:
            why = "No token tells of roles, so Doorward has to be asked."
            yield Problem(f"{name} is bearer_only, and people need a role.", why, "Take bearer_only out, or the role.")


def _guarded_by_nobody(settings: Settings, topology: Topology) -> Iterator[Problem]:
    """Yield a problem for each origin that is to be guarded, and that Doorward does not know of."""
    known = {host.origin for host in settings.gateways.protected_hosts}
    guarded = dict.fromkeys(each.origin for each in topology.applications if each.guarded)
    for origin in guarded:
        if origin not in known:
            why = "Doorward refuses every question about a host that it does not know."
            remedy = f'Add to doorward.toml: [[protected_hosts]] with origin = "{origin}".'
            yield Problem(f"{origin} is to be guarded, and doorward.toml does not list it.", why, remedy)


def _elsewhere(issuer: str) -> Iterator[Problem]:
    """Yield a problem where Doorward is not the whole of an origin that every configuration can name."""
    try:
        check_origin(issuer)
    except ValueError as error:
        why = f"Before Doorward a gateway is written for an origin of its own, and there, {error}."
        remedy = "Give Doorward an origin, or write the gateway of the one that it is mounted in by hand."
        yield Problem(f"No gateway can be written for the issuer {issuer}.", why, remedy)


def _untrusted(settings: Settings, networks: Networks) -> Iterator[Problem]:
    """Yield a problem where other proxies are trusted than the one that is written."""
    trusted = set(settings.server.trusted_proxies)
    if trusted != set(networks):
        wanted = ", ".join(map(str, networks))
        why = "Whoever is trusted says where callers come from; nobody but the gateway may."
        remedy = f'Write in doorward.toml: trusted_proxies = "{wanted}".'
        yield Problem(f"doorward.toml trusts {', '.join(map(str, trusted)) or 'no proxy'}.", why, remedy)


def _around_the_guard(applications: Sequence[Application]) -> Iterator[Problem]:
    """Yield a problem for each application whose servers answer unasked where another spelling of its path leads.

    To servers /Admin, /admin;a and /admin may be one place; to a gateway they are others, and the open one's.
    """
    for guarded in (each for each in applications if each.guarded):
        for around in (each for each in applications if not each.guarded and each.origin == guarded.origin):
            if guarded.path.startswith(around.path) and not set(guarded.servers).isdisjoint(around.servers):
                why = (
                    "Its servers may take other spellings of the path for the same, about which nobody would be asked."
                )
                remedy = "Give the two servers of their own (another port will do), or guard the whole and open a part."
                what = f"{guarded.origin}{guarded.path} is guarded, and its servers answer at {around.path} unguarded."
                yield Problem(what, why, remedy)


def _in_the_way(settings: Settings, applications: Sequence[Application]) -> Iterator[Problem]:
    """Yield a problem for each application that would answer in the place of Doorward."""
    remedy = "Choose a path of its own for the application, or an origin."
    for each in applications:
        first = each.path.rstrip("/").partition("/")[2].partition("/")[0]
        if each.origin == origin_of(settings.server.issuer) and (not first or f"/{first}" in OWN_PATHS):
            why = "On its own host Doorward answers there by itself."
            yield Problem(f"{each.origin}{each.path} is in the way of Doorward.", why, remedy)
        if each.origin == settings.files.files_origin:
            why = "Nothing else is served there, so that no file can act for an application."
            yield Problem(
                f"{each.origin}{each.path} is where files are served.", why, "Give one of them another origin."
            )

"""What a peer has to give, so that it is measured as all others are.

A peer is a folder `benchmarks/peers/known/<name>/` whose `__init__.py` (or a module beside it) makes one or several
`Peer`s, listed in `benchmarks/peers/known/__init__.py`. Beside it lies what it is installed from: a lock file with
pinned versions and hashes (`requirements.txt` for pip; `package.json` with `package-lock.json` for npm, written without
the addresses of any registry). Where the peer is a library, the program that serves it lies in `served/`: the way its
own documentation shows, with its production settings, without debug output and access log. It runs in the peer's own
environment and imports nothing of ours; what lies in `served/` is linted, and not looked at by mypy.

The way of a run, for each peer:

1. `install(folder, say)` once, into `build/peers/<environment>`.
2. For each hash of `hashes` that an operation needs: an empty data folder and a free port, which is a `Place`; `fill`,
   where the run wants many accounts; `serve(place)`; the server is started on one core and asked for `ready` until it
   answers 200; `prepare(place)` gives a `Play` for each operation that the peer has.
3. Each play is gone through once by hand: the statuses and values must be those that its steps name.
4. Rounds: for each operation the reference server, then each peer in turn, each by wrk on the other core.
5. The server is ended: SIGTERM, half a minute for it to go, and SIGKILL for what is left of its process tree. Then
   `stored_bytes` is asked.

All processes that `serve` starts must be descendants of its command (no daemons), and keep to the core that they are
started on. Whatever a peer does beside answering, it does there too: its processor time is that of its whole tree.
What must be done before a server can start (a schema, keys) is done in `serve`, before it returns.

Accounts: usernames `user-00000001` ..., e-mail addresses `user-00000001@example.com`, the password `PASSWORD`, verified
where the peer knows verified addresses. Limits of rates are widened (one address sends everything), and nothing else
is: commits stay as durable as the peer's own production settings have them, checks stay on, and what is known to be
less, or more, than what Doorward does is said in `less`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from benchmarks.peers.playing.play import Play

PASSWORD: Final = "correct horse battery staple"  # noqa: S105 (made up)
Say = Callable[[str], None]


class Operation(StrEnum):
    """What callers ask for. The value is what `--operation` takes, and the key in kept runs."""

    REGISTER = "register"
    """Make an account with e-mail and password, each another: ONCE. Where mail goes is said in `less`."""

    LOGIN_WEB = "login-web"
    """Sign in as a browser does, with password, to a session by cookie: accounts IN_TURN, each time a new session.

    What must be fetched before (a CSRF token) is fetched in `rows` where it may be used again, and is a step otherwise.
    """

    LOGIN_MOBILE = "login-mobile"
    """Sign in as an app does, with password, to tokens in the body: accounts IN_TURN, each time a new session."""

    REFRESH = "refresh"
    """Give a refresh token, get the next one: KEPT, one session a caller."""

    CODE = "code"
    """Authorization code with PKCE (S256), two steps: authorize with a live session and consent given -> 302 with the
    code; the token endpoint -> tokens, with an ID token where the peer signs one. KEPT, one session a caller."""

    CLIENT_CREDENTIALS = "client-credentials"
    """A token for a client itself, proven by its secret in a Basic header."""

    VERIFY = "verify"
    """A bearer token at a resource server that verifies it with the peer's own library or the one it recommends, by
    signature where tokens are signed: a few hundred different tokens IN_TURN. `Peer.resource` serves it."""

    VERIFY_IN_FASTAPI = "verify-in-fastapi"
    """The same in a route of FastAPI, by a dependency: what the framework adds. On the same server as VERIFY."""

    SESSION = "session"
    """Who am I, by the cookie of a browser session: the answer names the account. Sessions IN_TURN or KEPT."""

    BEARER = "bearer"
    """Who am I, by a bearer token, asked of the peer itself."""

    FORWARD_AUTH = "forward-auth"
    """What a gateway asks before each request, with the session's cookie."""

    INTROSPECTION = "introspection"
    """A live access token is introspected by a client proven in a Basic header: the answer says active."""

    KEYS = "keys"
    """The key set (JWKS)."""

    DISCOVERY = "discovery"
    """The metadata of the provider."""


class Hash(StrEnum):
    """How passwords are hashed."""

    ARGON2ID = "Argon2id"
    """Argon2id with 19 MiB, two passes, one lane; where a peer cannot, its own hash, said in `password_hash`."""

    CHEAP = "cheap"
    """The cheapest hash that the peer can be given without a change of its source, so that its own work is seen."""


HASHING: Final = frozenset({Operation.REGISTER, Operation.LOGIN_WEB, Operation.LOGIN_MOBILE})
"""The operations that hash a password: measured with each of the peer's hashes, all others with the first alone."""

VERIFYING: Final = frozenset({Operation.VERIFY, Operation.VERIFY_IN_FASTAPI})
"""The operations that a resource server answers, where the peer has one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server of a peer lives, for one run.

    `environment` is the folder that `install` filled, to be read alone; `data` an empty folder of its own, whose disk
    is the one that is measured. `database_url` is an empty PostgreSQL database of its own where the peer
    `needs_postgresql`. `accounts` is how many accounts `fill` made; 0 where it was not asked.
    """

    environment: Path
    data: Path
    port: int
    hash: Hash = Hash.ARGON2ID
    accounts: int = 0
    database_url: str | None = None

    @property
    def base(self) -> str:
        """The address of the server as its callers name it, without a slash at its end. It listens on 127.0.0.1."""
        return f"http://localhost:{self.port}"


@dataclass(frozen=True, slots=True)
class Command:
    """What starts a server: arguments (the first with its whole path), its whole environment, and where it answers.

    `ready` is a path that answers 200 as soon as requests are served, and not before.
    """

    arguments: Sequence[str]
    ready: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Peer:
    """One server to measure.

    `name` is what `--only` takes; `title` is what tables print, with the store where the peer has several. `versions`
    says what was pinned, by package. `store` and `password_hash` say what is used, in a few words: "SQLite, WAL,
    synchronous=FULL"; "Argon2id 19 MiB, t=2, p=1". `less` says for each operation what the peer does less or more than
    the operation's words (no rotation, no durable write, HS256, opaque tokens, a session that is a signed cookie only):
    one plain sentence, printed under the table.

    `install(folder, say)` makes the environment, and raises CannotMeasure with the reason where it cannot. It is called
    each time, and does nothing where nothing changed (see `benchmarks.peers.installing`).

    `prepare(place)` is called while the server answers, makes accounts, clients, consents and sessions (over HTTP, or
    by the peer's own command line), and returns a play for each operation that the peer has. An operation that is not
    in it is left out of the table. With `Hash.CHEAP` only the operations of HASHING are asked for.

    `fill(place, accounts)` puts accounts and one session of each into the empty store before the server starts, past
    the API where that is quicker, the way the peer itself would have written them; None where that is not offered.
    `prepare` then lets logins, refreshes and session checks go all over the store.

    `stored_bytes(place)` returns what the store takes on the disk; asked while no server runs. None: nothing is stored.

    `resource(place, provider)` returns what starts the resource server of `VERIFYING`, which listens on
    `place.port` and verifies the tokens of the peer that runs at `provider`. Whoever answers VERIFY without one answers
    it itself.
    """

    name: str
    title: str
    language: str
    environment: str
    versions: Mapping[str, str]
    store: str
    password_hash: str
    install: Callable[[Path, Say], None]
    serve: Callable[[Place], Command]
    prepare: Callable[[Place], Mapping[Operation, Play]]
    hashes: tuple[Hash, ...] = (Hash.ARGON2ID,)
    fill: Callable[[Place, int], None] | None = None
    stored_bytes: Callable[[Place], int] | None = None
    resource: Callable[[Place, Place], Command] | None = None
    needs_postgresql: bool = False
    less: Mapping[Operation, str] = field(default_factory=dict)

"""What a Redis server says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from doorward.adapters.redis.wire import REFUSED, Nonsense, Unfit, Wire

KEEPS_ALL: Final = "noeviction"
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Survey:
    """A server's product, version and eviction policy; None where its rules let nobody see that."""

    product: str
    version: str
    policy: str | None

    @property
    def evicts(self) -> bool:
        """Whether the server throws counters away when its memory is full."""
        return self.policy not in {None, KEEPS_ALL}


def survey(wire: Wire) -> Survey:
    """Return what the server says of itself.

    Raises: one of FAILURES; Unfit for a node of a cluster.
    """
    if wire.ask("PING") != b"PONG":
        raise Nonsense
    server = _info(wire, "server")
    if "cluster" in {server.get("redis_mode"), server.get("server_mode")}:
        raise Unfit("it is a node of a cluster; name a single server, or a proxy before the cluster")
    version = server.get("valkey_version") or server.get("redis_version") or _UNKNOWN
    product = "Valkey" if "valkey_version" in server else "Redis"
    return Survey(product, version, _policy(wire))


def require_kept(found: Survey) -> None:
    """Return when the server keeps what it was given.

    Raises: Unfit.
    """
    if found.evicts:
        raise Unfit(f"it evicts keys ({found.policy}), and with them the counts of attackers")


def _policy(wire: Wire) -> str | None:
    try:
        reply = wire.ask("CONFIG", "GET", "maxmemory-policy")
    except REFUSED:
        return _info(wire, "memory").get("maxmemory_policy")
    match reply:
        case [bytes(), bytes() as policy]:
            return _text(policy)
        case _:
            return _info(wire, "memory").get("maxmemory_policy")


def _info(wire: Wire, section: str) -> Mapping[str, str]:
    """Return a section of INFO; empty where that is forbidden."""
    try:
        reply = wire.ask("INFO", section)
    except REFUSED:
        return {}
    if not isinstance(reply, bytes):
        raise Nonsense
    pairs: Sequence[tuple[str, str, str]] = [line.partition(":") for line in _text(reply).splitlines()]
    return {name: value for name, _, value in pairs if value}


def _text(raw: bytes) -> str:
    """Return text for people, without anything but printable letters where a stranger may have written it."""
    return "".join(letter for letter in raw.decode("utf-8", "replace") if letter.isprintable() or letter in "\r\n")

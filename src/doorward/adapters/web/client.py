"""Requests to other servers."""

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from doorward.adapters.web.addresses import Reach
from doorward.adapters.web.resolve import Resolves, SystemResolver
from doorward.adapters.web.target import read_url
from doorward.core.kernel.outgoing import Fetched, Web

SECONDS: Final = 5.0
"""How long a whole request may take, from the name to the last byte."""

_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class WebClient(Web):
    """Speaks to other servers, each request over a connection of its own.

    `trusted` is whom it believes; None for whom this machine trusts.
    """

    reach: Reach = field(default_factory=Reach)
    resolve: Resolves = field(default_factory=SystemResolver)
    trusted: ssl.SSLContext | None = None
    seconds: float = SECONDS

    def get(self, url: str, *, accepts: Collection[str] = (), headers: Mapping[str, str] | None = None) -> Fetched:
        return self._fetch("GET", url, accepts=accepts, headers=headers or {}, content=None)

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        accepts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        typed = {**(headers or {}), "Content-Type": _FORM}
        return self._fetch("POST", url, accepts=accepts, headers=typed, content=urlencode(form).encode())

    def close(self) -> None:
        """Let the threads of the resolver go."""
        if isinstance(self.resolve, SystemResolver):
            self.resolve.close()

    def _fetch(
        self, method: str, url: str, *, accepts: Collection[str], headers: Mapping[str, str], content: bytes | None
    ) -> Fetched:
        # Many processes ask nobody, and reading whom this machine trusts costs as much as all of its tables.
        from doorward.adapters.web.connect import CheckedConnections, Deadline  # noqa: PLC0415
        from doorward.adapters.web.transport import Request, exchange, system_trust  # noqa: PLC0415

        target = read_url(url, may_be_plain=self.reach.loopback_for_development)
        deadline = Deadline.after(self.seconds)
        connections = CheckedConnections(self.resolve, self.reach, deadline, is_plain=target.is_plain)
        return exchange(Request(method, target, accepts, headers, content), connections, self.trusted or system_trust())

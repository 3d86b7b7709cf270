"""Replacing the servers of one release by those of another, on one store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import Server, free_port, ran, serving
from tests.rolling.releases import Release
from tests.rolling.traffic import Gateway, MailServer


class Deploy:
    """A store, and the servers of both releases on it."""

    def __init__(
        self, store_url: str, mail: MailServer, folder: Path, *, issuer: str = "http://localhost:8000"
    ) -> None:
        self.folder = folder
        self.gateway = Gateway()
        self.variables: dict[str, str] = {
            "DOORWARD_ISSUER": issuer,
            "DOORWARD_STORE_URL": store_url,
            "DOORWARD_SMTP_URL": mail.url,
            "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32",
            "DOORWARD_LIMITS_SCALE": "1000",
        }

    @contextmanager
    def started(self, release: Release, *options: str, port: int) -> Iterator[Server]:
        """Run a server of a release, and see that it ended by itself and that nothing failed in it."""
        opened = serving(self.folder / "data", *options, port=port, command=release.command, variables=self.variables)
        with opened as server:
            yield server
            status, _, err = server.end()
            assert (status, "http.failed" in err) == (0, False), err

    @contextmanager
    def serving(self, release: Release, *options: str) -> Iterator[Server]:
        """Run a server of a release, and let the gateway know of it until it has ended."""
        port = free_port()
        with self.started(release, *options, port=port) as server:
            self.gateway.ports = (*self.gateway.ports, port)
            yield server
            self.gateway.stopping.add(port)
        self.gateway.ports = tuple(other for other in self.gateway.ports if other != port)

    def run(self, release: Release, *arguments: str) -> str:
        """Run a command of a release to its good end, and return what it said."""
        status, out, err = ran(
            *arguments, "--data-dir", "data", cwd=self.folder, command=release.command, variables=self.variables
        )
        assert status == 0, err
        return out

"""The parts, as rows: how each of nine servers is started from the topology, and how it is asked."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from examples.demo.agents import PROJECT, Trouble
from examples.nine_servers import asking
from examples.nine_servers.parts import Part
from examples.nine_servers.place import HERE, Place, port_of
from examples.nine_servers.programs import Programs

API: Final = "notes-api"
_NGINX: Final = """daemon off; worker_processes 1; pid {folder}/nginx.pid; {user}
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/doorward.conf;
}}
"""


@dataclass(frozen=True)
class Servers:
    """Makes the parts of one place. `user` runs the database where this is root."""

    place: Place
    programs: Programs
    user: str | None

    def beneath(self) -> Iterator[Part]:
        """Yield what others stand on: the database and the cache."""
        place = self.place
        yield Part(
            name="database",
            what="keeps accounts and sessions (PostgreSQL)",
            address=place.database,
            words=self._postgres(),
            is_ready=asking.is_postgresql(self.programs.postgresql, place.database),
            user=self.user,
            ends_by=signal.SIGINT,
        )
        yield Part(
            name="cache",
            what="shares limits and news between servers (Redis)",
            address=place.cache,
            words=(str(self.programs.cache), str(self._redis())),
            is_ready=asking.is_redis(place.cache, place.password),
        )

    def before(self) -> Iterator[Part]:
        """Yield what answers requests: auth servers, the file server, the worker, the gateway before them."""
        for number, address in enumerate(self.place.topology.auth.servers, 1):
            yield self._serving(f"auth server {number}", address, "signs people in, asks them, gives tokens")
        for address in self.place.topology.files.servers if self.place.topology.files else ():
            yield self._serving("file server", address, "serves kept files at an origin of their own")
        for address in self.place.topology.workers:
            yield Part(
                name="worker",
                what="sends mail, and does what is due",
                address=address,
                words=_doorward("worker", "--metrics-port", str(port_of(address))),
                is_ready=asking.answers(f"http://{address}/readyz"),
                values=self.place.settings,
            )
        yield Part(
            name="gateway",
            what="shares requests out, counts them (nginx)",
            address=self.place.issuer,
            words=(str(self.programs.nginx), "-e", "stderr", "-c", str(self._nginx())),
            is_ready=asking.answers(f"{self.place.issuer}/healthz"),
        )

    def beside(self, secret: str, page: Path | None) -> Iterator[Part]:
        """Yield what trusts them: the resource server with its secret, the frontend server, monitoring."""
        place = self.place
        (api,) = place.api.servers
        values = {
            "NOTES_ISSUER": place.issuer,
            "NOTES_AUDIENCE": place.api.origin,
            "NOTES_PAGE_ORIGIN": place.page.origin,
            "NOTES_FILE": str(place.folder / "notes" / "notes.sqlite3"),
            "NOTES_CLIENT_ID": API,
            "NOTES_CLIENT_SECRET": secret,
        }
        words = _uvicorn("app:app", api, "--app-dir", str(PROJECT / "examples" / "resource_server"))
        ready = asking.hears(f"http://{api}")
        yield Part("resource server", "keeps notes, knows people by tokens", place.api.origin, words, ready, values)
        if page is not None:
            yield self._frontend(page)
        yield from self._monitoring()

    def initialise(self) -> None:
        """Make the database's folder, unless it is there.

        Raises: Trouble.
        """
        database, told = self._database, self.place.folder / "database-password"
        if (database / "PG_VERSION").exists():
            return
        database.mkdir(mode=0o700, exist_ok=True)
        told.touch(mode=0o600)
        told.write_text(self.place.password)
        if self.user is not None:
            for path in (database, told):
                shutil.chown(path, self.user, self.user)
        words = [
            *(str(self.programs.postgresql / "initdb"), "--pgdata", str(database), "--pwfile", str(told)),
            *("--username", "postgres"),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync"),
        ]
        ran = subprocess.run(
            words, check=False, capture_output=True, text=True, user=self.user, group=self.user, cwd=self.place.folder
        )
        told.unlink()
        if ran.returncode:
            raise Trouble("The database could not be made.", ran.stderr.strip())

    def _postgres(self) -> tuple[str, ...]:
        # Connections come over TCP alone; a socket of its own would lie in a folder that all users share.
        listening = (f"listen_addresses={HERE}", f"port={port_of(self.place.database)}", "unix_socket_directories=")
        options = [word for each in listening for word in ("-c", each)]
        return (str(self.programs.postgresql / "postgres"), "-D", str(self._database), *options)

    def _redis(self) -> Path:
        """Write the configuration of the cache, in which nothing may push out what counts guesses."""
        file = self.place.folder / "redis.conf"
        lines = (
            f"bind {HERE}",
            f"port {port_of(self.place.cache)}",
            f"requirepass {self.place.password}",
            'save ""',
            "appendonly no",
            "maxmemory-policy noeviction",
            f"dir {self.place.folder}",
        )
        file.touch(mode=0o600)
        file.write_text("\n".join(lines) + "\n")
        return file

    def _nginx(self) -> Path:
        """Write what stands around the configuration that `doorward gateway nginx` writes."""
        folder = self.place.folder / "gateway"
        user = "user root;" if os.geteuid() == 0 else ""
        file = folder / "nginx.conf"
        file.write_text(_NGINX.format(folder=folder, user=user))
        return file

    @property
    def _database(self) -> Path:
        return self.place.folder / "database"

    def _serving(self, name: str, address: str, what: str) -> Part:
        words = _doorward("serve", "--no-worker", "--port", str(port_of(address)))
        return Part(name, what, address, words, asking.answers(f"http://{address}/readyz"), self.place.settings)

    def _frontend(self, page: Path) -> Part:
        (address,) = self.place.page.servers
        values = {"PAGE_FILES": str(page), "PAGE_PATH": self.place.page.path, "PAGE_API": self.place.api.origin}
        return Part(
            name="frontend server",
            what="the page, on the same host as Doorward's own",
            address=self.place.page_address,
            words=_uvicorn("examples.nine_servers.frontend:served", address, "--factory"),
            is_ready=asking.answers(f"http://{address}{self.place.page.path}"),
            values=values,
        )

    def _monitoring(self) -> Iterator[Part]:
        watching = self.place.topology.monitoring
        if watching is None:
            return
        folder = self.place.folder / "monitoring"
        yield Part(
            name="monitoring",
            what="watches all of them (Prometheus)",
            address=f"http://{watching.server}",
            words=(
                *(str(self.programs.prometheus), f"--config.file={folder}/prometheus.yml"),
                *(f"--storage.tsdb.path={folder}/series", f"--web.listen-address={watching.server}"),
            ),
            is_ready=asking.answers(f"http://{watching.server}/-/ready"),
        )
        if watching.alertmanager is not None:
            yield Part(
                name="alerts",
                what="would tell somebody (Alertmanager)",
                address=f"http://{watching.alertmanager}",
                words=(
                    *(str(self.programs.alertmanager), f"--config.file={folder}/alertmanager.yml"),
                    *(f"--storage.path={folder}/alerts", f"--web.listen-address={watching.alertmanager}"),
                    "--cluster.listen-address=",
                ),
                is_ready=asking.answers(f"http://{watching.alertmanager}/-/ready"),
            )


def _doorward(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "doorward", *words)


def _uvicorn(app: str, address: str, *words: str) -> tuple[str, ...]:
    where = ("--host", HERE, "--port", str(port_of(address)), "--log-level", "warning")
    return (sys.executable, "-m", "uvicorn", app, *words, *where)

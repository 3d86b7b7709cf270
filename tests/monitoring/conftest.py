"""A deployment that is watched: a server, a worker, a Prometheus that asks both, and an Alertmanager that tells."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import httpx2
import pytest

from tests.monitoring.parts import Pager, Prometheus, Sink, a_pager, a_sink, alertmanager, nginx, ports, prometheus
from tests.processes import PATIENCE, Server, ran, serving, wait_until, working

EVERY_SECONDS = 0.5
COLLECTOR_KEY = "what-the-collector-asks-for"
PASSWORD = "correct horse battery staple"
_TOPOLOGY = """
[auth]
servers = ["127.0.0.1:{auth}"]
metrics = ["127.0.0.1:{metrics}"]
[gateway]
listen = ["127.0.0.1"]
networks = ["127.0.0.1/32"]
log = "{root}/gateway.log"
state = "{root}/state"
[worker]
servers = ["127.0.0.1:{worker}"]
[monitoring]
server = "127.0.0.1:{prometheus}"
alertmanager = "127.0.0.1:{alertmanager}"
webhook = "http://127.0.0.1:{pager}/"
every_seconds = {every}
"""


@dataclass
class Watched:
    """What is watched, and who watches. `gateway` is what everybody outside calls it by."""

    server: Server
    worker: Popen[str]
    worker_port: int
    metrics_port: int
    prometheus: Prometheus
    pager: Pager
    sink: Sink
    root: Path
    gateway: str

    @property
    def folder(self) -> Path:
        """Where the configuration of monitoring stands."""
        return self.root / "out"

    @property
    def house(self) -> Path:
        """Where server and worker keep everything."""
        return self.root / "house"

    @property
    def gateway_log(self) -> Path:
        """What the gateway wrote, a line a request."""
        return self.root / "gateway.log"

    @property
    def server_log(self) -> Path:
        """What the server wrote."""
        return self.root / "server.log"

    @property
    def worker_log(self) -> Path:
        """What the worker wrote."""
        return self.root / "worker.log"

    def sign_in(self, login: str, password: str = PASSWORD) -> httpx2.Response:
        """Sign in as an app does."""
        return self.server.post("/v1/auth/login_mobile", {"username": login, "password": password})

    def figures_of_worker(self) -> bytes:
        """Return what the worker shows of itself."""
        return httpx2.get(f"http://127.0.0.1:{self.worker_port}/metrics", timeout=PATIENCE).content


_RUNNING = ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End what is watched after the last test here, as they run one after another: it would go on working."""
    if nextitem is None or not nextitem.path.is_relative_to(Path(__file__).parent):
        _RUNNING.close()


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    root = tmp_path_factory.mktemp("watched")
    auth, gateway, metrics, worker, prometheus_port, alertmanager_port = ports(6)
    issuer = f"http://localhost:{gateway}"
    with _RUNNING as stack:
        pager, sink = stack.enter_context(a_pager()), stack.enter_context(a_sink())
        variables = {
            "DOORWARD_ISSUER": issuer,
            "DOORWARD_LIMITS_SCALE": "5",
            "DOORWARD_LOG_FORMAT": "json",
            "DOORWARD_LOG_LEVEL": "debug",
            "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32",
            **traced(sink),
        }
        server_log = stack.enter_context((root / "server.log").open("w+", encoding="utf-8"))
        worker_log = stack.enter_context((root / "worker.log").open("w+", encoding="utf-8"))
        beside = {"DOORWARD_METRICS_PORT": str(metrics)}
        server = stack.enter_context(
            serving(root / "house", "--no-worker", port=auth, variables={**variables, **beside}, log=server_log)
        )
        process = stack.enter_context(
            working(root / "house", {**variables, "DOORWARD_METRICS_PORT": str(worker)}, log=worker_log)
        )
        (root / "topology.toml").write_text(
            _TOPOLOGY.format(
                auth=auth,
                metrics=metrics,
                worker=worker,
                prometheus=prometheus_port,
                alertmanager=alertmanager_port,
                pager=pager.port,
                every=EVERY_SECONDS,
                root=root,
            )
        )
        for command in (("monitoring", "--out", "out"), ("gateway", "nginx", "--out", "gateway")):
            status, out, err = ran(*command, cwd=root, variables=variables)
            assert status == 0, out + err
        stack.enter_context(nginx(root, gateway))
        stack.enter_context(alertmanager(root / "out", alertmanager_port))
        asks = stack.enter_context(prometheus(root / "out", prometheus_port))
        found = Watched(server, process, worker, metrics, asks, pager, sink, root, issuer)
        _live(found)
        yield found


def traced(sink: Sink) -> dict[str, str]:
    """Return the settings of a process that tells a collector everything."""
    return {"DOORWARD_OTLP_URL": sink.url, "DOORWARD_OTLP_HEADERS": f"x-key={COLLECTOR_KEY}"}


def _live(watched: Watched) -> None:
    """Let somebody register, sign in and come back, somebody guess, and Prometheus see that twice."""
    server = watched.server
    ada = {"username": "ada", "email": "ada@mail.example", "password": PASSWORD}
    assert server.post("/v1/auth/register_mobile", ada).status_code < 300
    wait_until(lambda: bool(_mails(server)))
    verified = server.post("/v1/auth/verify_email", {"token": _mails(server)[0]["token"]})
    assert verified.status_code < 300, verified.text
    statuses = [server.post("/oauth/register", {}).status_code for _ in range(101)]
    assert statuses[-1] == 429
    refresh_token = watched.sign_in("ada").json()["refresh_token"]

    def is_seen() -> bool:
        nonlocal refresh_token
        fresh = server.post("/v1/auth/refresh_mobile", {"refresh_token": refresh_token})
        refresh_token = fresh.json()["refresh_token"]
        return bool(watched.prometheus.ask('doorward:rotations:rate{kind="mobile"} > 0'))

    wait_until(is_seen)


def _mails(server: Server) -> list[dict[str, str]]:
    mails: list[dict[str, str]] = httpx2.get(
        f"http://127.0.0.1:{server.port}/dev/mail.json?to=ada@mail.example", timeout=PATIENCE
    ).json()
    return mails

"""What `doorward gateway envoy` writes about TLS, in a real Envoy."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from tests.gateways.servers import Ports, a_gateway_of, description, program_of, written_for_envoy
from tests.gateways.test_nginx_tls import PLACE, a_key_pair, ask_anew, ports, shaken, shown
from tests.parts import missing
from tests.processes import wait_until

__all__ = ["ports"]


@contextmanager
def over_tls(folder: Path, ports: Ports) -> Iterator[subprocess.Popen[bytes]]:
    """Run Envoy over TLS."""
    program = program_of("envoy")
    if program is None:
        missing("envoy is not here", remedy="requirements/dev.txt brings it")
    folder.mkdir()
    arguments = written_for_envoy(folder, description(folder, ports, key_pair=a_key_pair(folder, "first")))
    with a_gateway_of(program, arguments, folder, ports) as process:
        yield process


def test_certificate_is_changed_without_losing_a_request(ports: Ports, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with over_tls(tmp_path / "envoy", ports), ThreadPoolExecutor(1) as pool:
        stop = Event()
        asking = pool.submit(ask_anew, f"https://localhost:{ports.gateway}{PLACE}", stop)
        before = shown(ports.gateway)
        for file in a_key_pair(fresh, "second"):
            shutil.move(file, tmp_path / "envoy" / file.name)
        wait_until(lambda: shown(ports.gateway) == "CN=second")
        stop.set()

        assert before == "CN=first"
        assert set(asking.result()) == {200}


def test_tls_is_of_today_and_for_the_names_of_the_sites(ports: Ports, tmp_path: Path) -> None:
    with over_tls(tmp_path / "envoy", ports):
        with shaken(ports.gateway) as line:
            agreed = line.version(), line.selected_alpn_protocol()
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            shaken(ports.gateway, name="evil.example")
        with pytest.warns(DeprecationWarning, match="TLSv1"), pytest.raises(ssl.SSLError):
            shaken(ports.gateway, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)

    assert agreed == ("TLSv1.3", "h2")

"""A real clamd for tests, which knows two viruses that are none."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.parts import missing
from tests.processes import PATIENCE, free_port, wait_until

# Written in two halves, or a scanner would find this file.
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
OURS: Final = b"what the tests of doorward call a virus"
LARGEST: Final = 3 << 20
"""The most bytes that it takes."""

_SIGNATURES: Final = f"Eicar-Test:0:0:{EICAR.hex()}\nDoorward.Test:0:*:{OURS.hex()}\n"
_CONFIGURATION: Final = """\
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}
TemporaryDirectory {folder}
LogFile {folder}/log
Foreground yes
StreamMaxLength {largest}
MaxFileSize {largest}
MaxScanSize {largest}
AlertExceedsMax yes
"""


@pytest.fixture(scope="session")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a scanner."""
    with a_clamd(tmp_path_factory.mktemp("clamd")) as url:
        yield url


@contextmanager
def a_clamd(folder: Path) -> Iterator[str]:
    """Run clamd while the block runs, and return the URL that a setting would say."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        missing("clamd is not here", remedy="run `scripts/system-parts scanner`")
    port = free_port()
    (folder / "tests.ndb").write_text(_SIGNATURES)
    file = folder / "clamd.conf"
    file.write_text(_CONFIGURATION.format(port=port, folder=folder, largest=LARGEST))
    command = [program, "--config-file", str(file)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _answers(process, port))
            yield f"clamav://127.0.0.1:{port}"
        finally:
            process.kill()


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    assert process.poll() is None, "clamd ended"
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            connection.sendall(b"zPING\0")
            return connection.recv(100) == b"PONG\0"
    except ConnectionError:
        return False

"""`doorward frontend`."""

import json
import signal
from pathlib import Path

import httpx2
import pytest

from tests.functional.cli.conftest import Terminal
from tests.processes import PATIENCE, free_port, started, wait_until


def built(folder: Path) -> Path:
    """Write the page of an application."""
    root = folder / "dist"
    root.mkdir()
    (root / "index.html").write_text("<!doctype html><title>Notebook</title>")
    return root


def test_frontend_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    root, port = built(tmp_path), free_port()
    options = ("--root", str(root), "--path", "/notebook/", "--connect", "https://id.example.org", "--port", str(port))
    with started("frontend", *options, "--json", cwd=tmp_path) as process:
        try:
            wait_until(lambda: process.poll() is not None or _answers(port))
            answer = httpx2.get(f"http://127.0.0.1:{port}/notebook/notes/7", timeout=PATIENCE)
            process.send_signal(signal.SIGTERM)
            out, complaint = process.communicate(timeout=PATIENCE)
        finally:
            if process.poll() is None:
                process.kill()

    assert json.loads(out) == {"address": f"http://127.0.0.1:{port}/notebook/", "files": 1}
    assert (answer.status_code, "Notebook" in answer.text) == (200, True)
    assert "connect-src 'self' https://id.example.org" in answer.headers["content-security-policy"]
    assert "Traceback" not in complaint


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/").status_code == httpx2.codes.NOT_FOUND
    except httpx2.ConnectError:
        return False


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--path", "notebook"), "Begin and end it with /"),
        (("--connect", "https://id.example.org/x"), "is no origin"),
        (("--connect", "'unsafe-inline'"), "is no origin"),
    ],
)
def test_frontend_that_is_told_nonsense_says_what_to_write(run: Terminal, options: tuple[str, ...], told: str) -> None:
    said = run("frontend", "--root", str(built(run.folder)), *options)

    assert said.status != 0
    assert told in said.err


def test_frontend_without_a_page_says_so(run: Terminal) -> None:
    said = run("frontend", "--root", str(run.folder))

    assert said.status != 0
    assert "There is no index.html" in said.err

"""What a peer says that it is, its lock pins."""

import json
from pathlib import Path
from typing import Final

import pytest

from benchmarks.peers.known import PEERS
from tests.architecture.tree import PROJECT

KNOWN: Final = PROJECT / "benchmarks" / "peers" / "known"
OUTSIDE_LOCKS: Final = frozenset({"doorward", "glewlwyd"})
"""What is measured from this tree, and what Debian packages."""

SAID: Final = sorted({said for peer in PEERS for said in peer.versions.items() if said[0] not in OUTSIDE_LOCKS})


def pinned_by(lock: Path) -> set[tuple[str, str]]:
    text = lock.read_text(encoding="utf-8")
    if lock.suffix == ".txt":
        pairs = (line.split(" ")[0].partition("==") for line in text.splitlines() if "==" in line)
        return {(name, version) for name, _, version in pairs}
    packages = json.loads(text)["packages"]
    return {(name.rpartition("node_modules/")[2], package.get("version", "")) for name, package in packages.items()}


@pytest.mark.parametrize(("package", "version"), SAID, ids=[package for package, _ in SAID])
def test_version_that_a_peer_names_is_pinned(package: str, version: str) -> None:
    locks = (*KNOWN.rglob("requirements.txt"), *KNOWN.rglob("package-lock.json"))

    assert any((package, version) in pinned_by(lock) for lock in locks)

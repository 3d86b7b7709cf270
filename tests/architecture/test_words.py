"""What must stand nowhere in the repository: places of one machine, package registries, unfinished work."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from tests.architecture.tree import PROJECT, plant

# Each is written so that it does not match itself.
BANNED: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "a folder of one machine": re.compile(r"(?<![\w.>}/-])/(?:wor[k]|roo[t]|User[s]/\w+|hom[e]/\w+)/"),
        "a package registry": re.compile(
            r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|deb\.debian\.org"
            r"|crates\.io|rubygems\.org|proxy\.golang\.org|docker\.io)\b"
        ),
        "unfinished work": re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b"),
    }
)


def tracked_files() -> list[Path]:
    """Return every file that is in the repository, or would be after `git add`."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (PROJECT / name for name in listing.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def banned_words(paths: Iterable[Path], root: Path) -> list[str]:
    """Return each line of a text file that holds what must stand nowhere."""
    found = []
    for path in paths:
        content = path.read_bytes()
        if b"\0" in content:
            continue
        text = content.decode("utf-8")
        for what in (what for what, word in BANNED.items() if word.search(text)):
            lines = enumerate(text.splitlines(), start=1)
            found += [
                f"{path.relative_to(root)}:{number} {what}" for number, line in lines if BANNED[what].search(line)
            ]
    return found


def test_banned_words_repository_has_none() -> None:
    assert banned_words(tracked_files(), PROJECT) == []


def test_tracked_files_repository_holds_this_file() -> None:
    assert Path(__file__) in tracked_files()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param("cd /wor" + "k/main", "a folder of one machine", id="working folder"),
        pytest.param("open('/hom" + "e/ada/x')", "a folder of one machine", id="home folder"),
        pytest.param("HOME=/roo" + "t/", "a folder of one machine", id="home of root"),
        pytest.param("see https://pypi" + ".org/project/x", "a package registry", id="registry"),
        pytest.param("https://files.pythonhosted" + ".org/x.whl", "a package registry", id="files of a registry"),
        pytest.param(
            "resolved https://registry.npmjs" + ".org/x", "a package registry", id="registry of another language"
        ),
        pytest.param("# TO" + "DO later", "unfinished work", id="unfinished"),
    ],
)
def test_banned_words_planted_line_is_found(tmp_path: Path, line: str, what: str) -> None:
    root = plant(tmp_path, {"docs/page.md": f"fine\n{line}\n"})

    found = banned_words([root / "docs/page.md"], root)

    assert found == [f"docs/page.md:2 {what}"]


@pytest.mark.parametrize(
    "line", ["GET /v1/web/work/", "/var/lib/doorward/", "${HOME}/root/x", "https://example.com/home/x/"]
)
def test_banned_words_innocent_line_is_none(tmp_path: Path, line: str) -> None:
    root = plant(tmp_path, {"page.md": f"{line}\n"})

    found = banned_words([root / "page.md"], root)

    assert found == []

"""Reading our own pages: their fenced blocks, their links, and the anchors that links can name."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FENCE: Final = re.compile(r"^```(\S*)[ ]?(.*)$")
_LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#{1,6} (.+)$")
_NO_PART_OF_AN_ANCHOR: Final = re.compile(r"[^\w\- ]")
_CODE: Final = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words after it, its text, and the line that it begins at."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    found: list[Block] = []
    opened: tuple[str, str, int] | None = None
    lines: list[str] = []
    for number, line in enumerate(page.splitlines(), start=1):
        fence = _FENCE.match(line)
        if fence and opened is None:
            opened, lines = (fence[1], fence[2], number), []
        elif fence and opened is not None:
            language, words, begin = opened
            found.append(Block(language, tuple(words.split()), "\n".join(lines), begin))
            opened = None
        else:
            lines.append(line)
    if opened is not None:
        raise ValueError(f"the block of line {opened[2]} never ends")
    return found


def prose(page: str) -> str:
    """Return a page without its fenced blocks."""
    kept, is_inside = [], False
    for line in page.splitlines():
        if _FENCE.match(line):
            is_inside = not is_inside
        elif not is_inside:
            kept.append(line)
    return "\n".join(kept)


def links(page: str) -> list[str]:
    """Return where the links and pictures of a page lead, except to other sites."""
    targets = (link[1] for link in _LINK.finditer(_CODE.sub("", prose(page))))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as they are made where the pages are shown."""
    headings = (heading for heading in map(_HEADING.match, prose(page).splitlines()) if heading)
    return {_NO_PART_OF_AN_ANCHOR.sub("", heading[1].lower()).replace(" ", "-") for heading in headings}


def broken_links(paths: list[Path]) -> list[str]:
    """Return each relative link that leads nowhere."""
    found = []
    for path in paths:
        for target in links(path.read_text(encoding="utf-8")):
            name, _, anchor = target.partition("#")
            file = (path.parent / name) if name else path
            is_there = file.exists() and (not anchor or anchor in anchors(file.read_text(encoding="utf-8")))
            if not is_there:
                found.append(f"{path.name}: {target}")
    return found

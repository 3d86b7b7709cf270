"""What is kept of an earlier run, and what a later one finds beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

PLACE: Final = Path(__file__).with_name("kept.json")
MOST: Final = 1.10
"""How many times as much an operation may take as was kept of it."""


class Verdict(StrEnum):
    """How an operation stands to what was kept of it."""

    SLOWER = "slower"
    SAME = "the same"
    FASTER = "faster"
    NEW = "new"
    UNCERTAIN = "too noisy to say"


@dataclass(frozen=True, slots=True)
class Kept:
    """The ratios to the bare route that a run found, by the names of operations; when and on what machine."""

    at: str
    machine: str
    ratios: Mapping[str, float]

    def text(self) -> str:
        """Return it as the file holds it."""
        rounded = {name: round(ratio, 3) for name, ratio in self.ratios.items()}
        return f"{json.dumps({'at': self.at, 'machine': self.machine, 'ratios': rounded}, indent=2)}\n"


def read(place: Path = PLACE) -> Kept | None:
    """Return what is kept; None when nothing is."""
    if not place.exists():
        return None
    members = json.loads(place.read_text(encoding="utf-8"))
    return Kept(members["at"], members["machine"], {name: float(ratio) for name, ratio in members["ratios"].items()})


def judge(ratio: float, kept: float | None, *, margin: float) -> Verdict:
    """Return how a ratio, which may be off by a part of itself, stands to the one that was kept."""
    if kept is None:
        return Verdict.NEW
    if ratio > kept * MOST:
        return Verdict.SLOWER if ratio * (1 - margin) > kept * MOST else Verdict.UNCERTAIN
    return Verdict.FASTER if ratio * (1 + margin) * MOST < kept else Verdict.SAME

"""What is wrong with settings, in words that help."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the server from starting: what it is, why it matters, and what to do. Holds no secret."""

    what: str
    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}\n  Why: {self.why}\n  Do: {self.remedy}"


class SettingsInvalid(Exception):
    """The settings cannot be used; `problems` are all of them, so that nobody has to start twice to see the second."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

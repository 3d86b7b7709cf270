"""Files that are written, each with who may read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

READABLE: Final = 0o644
SECRET: Final = 0o600


@dataclass(frozen=True, slots=True)
class File:
    """What stands in a file, and its mode. A secret that is there already stays as it is."""

    text: str
    mode: int = READABLE

    @property
    def is_secret(self) -> bool:
        """Tell whether its owner alone may read it."""
        return self.mode == SECRET


Files = Mapping[str, File]
"""Files by their names below the folder that they are written into."""


def plain(texts: Mapping[str, str], *, below: str) -> dict[str, File]:
    """Return files that everybody may read, below a folder."""
    return {f"{below}/{name}": File(text) for name, text in texts.items()}

"""Where the published test vectors lie."""

import os
from pathlib import Path
from typing import Final

import pytest

_NAMED: Final = os.environ.get("DOORWARD_TEST_VECTORS")  # noqa: TID251 (a setting of the suite, not of the server)
FOLDER: Final = Path(_NAMED) if _NAMED else Path(__file__).parents[3] / "shared" / "vectors"

needs_vectors: Final = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the published test vectors are absent: DOORWARD_TEST_VECTORS names their folder"
)


def read(name: str) -> str:
    """Return a file of vectors, or an empty JSON object where the folder is absent and the test is skipped."""
    path = FOLDER / name
    return path.read_text("utf-8") if path.is_file() else "{}"

"""Where the published test vectors lie."""

from typing import Final

import pytest

from tests.functional.vectors import FOLDER

needs_vectors: Final = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the published test vectors are absent: DOORWARD_TEST_VECTORS names their folder"
)


def read(name: str) -> str:
    """Return a file of vectors, or an empty JSON object where the folder is absent and the test is skipped."""
    path = FOLDER / name
    return path.read_text("utf-8") if path.is_file() else "{}"

"""What is handed out says what it is: no two kinds of tokens begin alike, so none is ever read as another."""

import re
from collections import Counter
from typing import Final

from tests.architecture.tree import SOURCE, python_files

KIND: Final = re.compile(r'= "(dw[a-z][0-9])"$', re.MULTILINE)


def test_kinds_of_tokens_are_each_their_own() -> None:
    kinds = Counter(kind for file in python_files(SOURCE / "core") for kind in KIND.findall(file.read_text("utf-8")))

    assert len(kinds) >= 12
    assert [kind for kind, times in kinds.items() if times > 1] == []

"""Writes the pages: `python -m tests.requirements`."""

import sys

from tests.requirements.pages import pages
from tests.requirements.table import PROJECT

for place, text in pages().items():
    place.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{place.relative_to(PROJECT)}\n")

"""The frontend server: the page, below its path, built by Node.js beforehand; as `doorward frontend` serves it."""

import os
from pathlib import Path

from doorward.frontend.app import Frontend
from doorward.frontend.files import read
from doorward.frontend.policy import policy


def served() -> Frontend:
    """Return the application that serves the page; where things are comes from the environment."""
    return Frontend(read(Path(os.environ["PAGE_FILES"])), os.environ["PAGE_PATH"], policy([os.environ["PAGE_API"]]))

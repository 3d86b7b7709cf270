"""Units of work in which applications are told of every session of theirs that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

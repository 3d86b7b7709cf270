"""What is measured of a server beside its answers: its processes' time and memory, and what its store takes."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.machine import wait_until

_PARENT: Final = 1  # of the fields after the name in /proc/PID/stat, counted from 0: see proc(5)
_TIMES: Final = slice(11, 15)
"""Ticks in user mode and in the kernel, of the process and of its children that have ended."""

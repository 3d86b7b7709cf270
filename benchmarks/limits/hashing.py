"""How many Argon2id hashes a second all cores together compute."""

import os
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Final

from nacl.pwhash import argon2id

from benchmarks.machine import CORES
from doorward.adapters.argon2.hasher import step_back

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
_PASSWORD: Final = b"correct horse battery staple"


def hashes_a_second(seconds: float) -> float:
    """Return the rate with one thread a core; hashing leaves the interpreter's lock alone."""
    started = perf_counter()
    with ThreadPoolExecutor(len(CORES), initializer=step_back) as threads:  # as ours do, for the same share of a core
        counts = list(threads.map(_hash_until, [started + seconds] * len(CORES)))
    return sum(counts) / (perf_counter() - started)


def _hash_until(end: float) -> int:
    count = 0
    while perf_counter() < end:
        argon2id.kdf(32, _PASSWORD, os.urandom(16), opslimit=PASSES, memlimit=MEMORY_KIB * 1024)
        count += 1
    return count

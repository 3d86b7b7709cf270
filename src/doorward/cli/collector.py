"""The garbage collector, which need not look through what a process is made of."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting_collector() -> Iterator[None]:
    """Let the collector rest while the block makes what stays until the process ends, and pass over that ever after.

    Only what the process alone owns may be made in it: whatever is there at its end is never collected.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()

"""Trying out a scanner: whether it finds what it should, and takes what it will be given."""

from collections.abc import Iterator
from typing import Final

from doorward.adapters.clamav.scanner import ClamavScanner
from doorward.core.kernel.errors import Unavailable

# What every scanner calls a virus, and is none. In two halves, or this file would be called one.
_EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
_CHUNK: Final = bytes(1 << 20)
_MOST: Final = 1 << 30


class Unfit(Exception):
    """The scanner does not do what it is for; the text says what."""


def survey(url: str, *, largest: int) -> str:
    """Let the scanner look at the test virus, and at as many bytes as a file may have, and return what it said.

    More than a GiB is not tried: the answer says so.
    Raises: Unfit.
    """
    scanner, tried = ClamavScanner(url), min(largest, _MOST)
    try:
        if scanner.scan([_EICAR]).found is None:
            raise Unfit("it finds nothing in the file that every scanner calls a virus")
        beyond = scanner.scan(_empty(tried)).found
    except Unavailable as away:
        raise Unfit(str(away.__cause__)) from away
    if beyond is not None:
        raise Unfit(f"it calls {tried} empty bytes {beyond}")
    if tried < largest:
        return "finds the test virus, and takes a file of a GiB; whether it takes the largest one was not tried"
    return "finds the test virus, and takes the largest file"


def _empty(size: int) -> Iterator[bytes]:
    left = size
    while left:
        yield (piece := _CHUNK[:left])
        left -= len(piece)

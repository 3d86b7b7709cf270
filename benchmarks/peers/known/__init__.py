"""The peers that are known, in the order of the table."""

from typing import Final

from benchmarks.peers.peer import Peer

PEERS: Final[tuple[Peer, ...]] = ()

"""The peers that are known, in the order of the table."""

from typing import Final

from benchmarks.peers.known import doorward, fastapi_users
from benchmarks.peers.peer import Peer

PEERS: Final[tuple[Peer, ...]] = (
    doorward.DOORWARD,
    doorward.ON_POSTGRESQL,
    fastapi_users.FASTAPI_USERS,
    fastapi_users.ON_POSTGRESQL,
)

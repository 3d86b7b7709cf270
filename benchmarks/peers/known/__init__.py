"""The peers that are known, in the order of the table."""

from typing import Final

from benchmarks.peers.known import allauth, better_auth, doorward, fastapi_users, glewlwyd, oidc_provider
from benchmarks.peers.peer import Peer

PEERS: Final[tuple[Peer, ...]] = (
    doorward.DOORWARD,
    doorward.ON_POSTGRESQL,
    fastapi_users.FASTAPI_USERS,
    fastapi_users.ON_POSTGRESQL,
    allauth.ALLAUTH,
    better_auth.BETTER_AUTH,
    oidc_provider.ON_SQLITE,
    oidc_provider.IN_MEMORY,
    glewlwyd.GLEWLWYD,
)

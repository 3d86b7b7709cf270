"""Whether a client signed something: by the keys that it registered, or by those at the address that it registered."""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.outgoing import Documents
from doorward.core.keys.jose import Parsed, public_key
from doorward.core.keys.ports import Signatures
from doorward.core.oauth.clients.rules import key_sets
from doorward.core.oauth.records import Client

_KEYS_A_TRY: Final = 3
"""With how many keys one token is tried: more than one fits only while a client changes keys without ids."""


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """Verifies what clients sign, assertions and request objects alike.

    Keys at an address are fetched, and fetched once more where none of them made the signature: the client may have
    changed them a moment ago. `fetch` bounds how often, so nobody makes us ask without end. An address or a key inside
    a token counts for nothing.
    Source: RFC 7523 section 3; RFC 9101 section 6.2; OpenID Connect Core 1.0 section 10.1.1.
    """

    signatures: Signatures
    fetch: Documents

    def signed(self, client: Client, presented: Parsed) -> bool:
        """Tell whether one of the client's keys made the signature.

        Raises: NotFetched.
        """
        try:
            if client.jwks_uri is None:
                return self._fits(key_sets.read(client.jwks or ""), presented)
            known = self._fits(key_sets.keys_of(self.fetch.get(client.jwks_uri)), presented)
            return known or self._fits(key_sets.keys_of(self.fetch.renew(client.jwks_uri)), presented)
        except Invalid:
            return False

    def _fits(self, keys: tuple[key_sets.Key, ...], presented: Parsed) -> bool:
        fitting = key_sets.fitting(keys, presented.algorithm, presented.key_id)[:_KEYS_A_TRY]
        return any(
            self.signatures.verify(
                presented.algorithm,
                public_key(key, presented.algorithm),
                presented.signed,
                signature=presented.signature,
            )
            for key in fitting
        )

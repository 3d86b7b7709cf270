"""What a resource says of itself: who issues tokens for it, and how they are presented.

Source: RFC 9728 sections 2 and 3.
"""

from collections.abc import Collection

from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import NAMES
from doorward.resource.verifier import Verifier


def resource_metadata(
    verifier: Verifier, *, scopes: Collection[str] = (), name: str | None = None, documentation: str | None = None
) -> dict[str, JsonValue]:
    """Return the metadata of the resource that a verifier protects. `resource` is its audience, letter by letter.

    Raises: ValueError, when the audience is no address.
    """
    if verifier.metadata_path is None:
        raise ValueError(f"{verifier.audience} is no address, so there is no place for its metadata")
    members: dict[str, JsonValue] = {
        "resource": verifier.audience,
        "authorization_servers": [issuer.url for issuer in verifier.issuers],
        "bearer_methods_supported": ["header"],
        "scopes_supported": list(scopes) or None,
        "dpop_signing_alg_values_supported": list(NAMES),
        "dpop_bound_access_tokens_required": verifier.requires_dpop,
        "resource_name": name,
        "resource_documentation": documentation,
    }
    return {name: value for name, value in members.items() if value is not None}

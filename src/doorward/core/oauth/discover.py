"""What this server tells of itself, so that applications need to know nothing but its issuer.

Source: OpenID Connect Discovery 1.0 section 3; RFC 8414 section 2; RFC 8628 section 4; RFC 9126 section 5; RFC 9207
section 3; RFC 9396 section 10; RFC 9449 section 5.1; OpenID Connect RP-Initiated Logout 1.0 section 2.1; OpenID Connect
Back-Channel Logout 1.0 section 2.1.
"""

from collections.abc import Collection
from typing import Final

from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import NAMES, SIGNS
from doorward.core.oauth.device.ask import PATH as DEVICE_PATH
from doorward.core.oauth.records import ClientAuthentication, GrantType
from doorward.core.oauth.rules import pkce, scopes
from doorward.core.oauth.tokens import person

_SCOPES: Final = (scopes.OPENID, scopes.PROFILE, scopes.EMAIL, scopes.ROLES, scopes.OFFLINE)
_CLAIMS: Final = ("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "sid", "at_hash")
_PROMPTS: Final = ("none", "login", "consent", "select_account")
_PUBLIC: Final = ClientAuthentication.NONE


def metadata(
    issuer: str,
    *,
    grants: Collection[GrantType],
    acrs: Collection[str],
    registers: bool = False,
    reads_documents: bool = False,
    details_types: Collection[str] = (),
) -> dict[str, JsonValue]:
    """Return the metadata of a deployment; every address begins with the issuer, whatever a request claims.

    `grants` are the grants that exist here, `acrs` the ways of signing in and `details_types` the types of
    authorization details that can be asked for. `registers`: applications may register themselves;
    `reads_documents`: the address of a document may be the id of a client.
    """
    base = issuer.rstrip("/")
    signs: list[JsonValue] = [algorithm.value for algorithm in SIGNS]
    proves: list[JsonValue] = list(NAMES)
    methods: list[JsonValue] = [method.value for method in ClientAuthentication]
    secretly = [method for method in methods if method != _PUBLIC.value]
    return {
        **({"registration_endpoint": f"{base}/oauth/register"} if registers else {}),
        **({"authorization_details_types_supported": list(details_types)} if details_types else {}),
        **_on_devices(base, grants),
        "client_id_metadata_document_supported": reads_documents,
        "issuer": issuer,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "pushed_authorization_request_endpoint": f"{base}/oauth/par",
        "introspection_endpoint": f"{base}/oauth/introspect",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "end_session_endpoint": f"{base}/oauth/logout",
        "scopes_supported": list(_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": [grant.value for grant in grants],
        "acr_values_supported": list(acrs),
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": signs,
        "userinfo_signing_alg_values_supported": signs,
        "request_object_signing_alg_values_supported": proves,
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": proves,
        "introspection_endpoint_auth_methods_supported": secretly,
        "introspection_endpoint_auth_signing_alg_values_supported": proves,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": proves,
        "dpop_signing_alg_values_supported": proves,
        "code_challenge_methods_supported": [pkce.METHOD],
        "prompt_values_supported": list(_PROMPTS),
        "claims_supported": [*_CLAIMS, *person.CLAIMS],
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


def _on_devices(base: str, grants: Collection[GrantType]) -> dict[str, JsonValue]:
    return {"device_authorization_endpoint": f"{base}{DEVICE_PATH}"} if GrantType.DEVICE_CODE in grants else {}


def resource_metadata(issuer: str) -> dict[str, JsonValue]:
    """Return the metadata of the one resource of this server that takes other applications' tokens.

    Source: RFC 9728 section 2.
    """
    base = issuer.rstrip("/")
    return {
        "resource": f"{base}/oauth/userinfo",
        "authorization_servers": [issuer],
        "scopes_supported": list(_SCOPES),
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": list(NAMES),
    }

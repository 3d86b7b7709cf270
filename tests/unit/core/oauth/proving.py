"""Clients that prove who they are, rightly and wrongly."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote_plus

from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.outgoing import Documents
from doorward.core.keys.jose import JsonValue, b64url_encode
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.authenticate_client import AuthenticateClient
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.clients.rules.client_auth import ASSERTION_TYPE
from doorward.core.oauth.errors import ClientRefused
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType
from tests.builders import CALLBACK, CLIENT, ISSUER
from tests.house import House
from tests.pairs import SIGNATURES
from tests.unit.core.oauth.keys import EC_KEY, EC_PRIVATE, RSA_KEY, RSA_PRIVATE

HOME: Final = "192.0.2.7"
KEY_SET: Final[dict[str, JsonValue]] = {"keys": [dict(EC_KEY), dict(RSA_KEY)]}
PRIVATE: Final = {Algorithm.ES256: EC_PRIVATE, Algorithm.RS256: RSA_PRIVATE, Algorithm.PS256: RSA_PRIVATE}
WEB: Final = Wanted(name="Reports", type=ClientType.WEB, id=CLIENT, redirect_uris=(CALLBACK,))
BY_KEY: Final = replace(WEB, authentication=ClientAuthentication.PRIVATE_KEY, jwks=json.dumps({"keys": [EC_KEY]}))


@dataclass
class Shelf(Documents):
    """Holds the key sets of clients' servers, and counts how often one is asked for."""

    sets: dict[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    renewed: dict[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, url: str) -> Mapping[str, JsonValue]:
        self.asked.append(f"get {url}")
        if url not in self.sets:
            raise Unavailable(timedelta(seconds=1))
        return self.sets[url]

    def renew(self, url: str) -> Mapping[str, JsonValue]:
        self.asked.append(f"renew {url}")
        return self.renewed.get(url) or self.sets[url]


def basic(name: str, secret: str) -> str:
    pair = f"{quote_plus(name)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def by_assertion(assertion: str, **more: str) -> dict[str, str]:
    return {"client_assertion": assertion, "client_assertion_type": ASSERTION_TYPE, **more}


def claims_at(now: datetime, **changes: JsonValue) -> dict[str, JsonValue]:
    seconds = int(now.timestamp())
    claims: dict[str, JsonValue] = {
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": ISSUER,
        "jti": "one",
        "iat": seconds,
        "exp": seconds + 60,
    }
    return {name: value for name, value in (claims | changes).items() if value is not None}


def signed(
    claims: Mapping[str, JsonValue],
    *,
    algorithm: Algorithm = Algorithm.ES256,
    header: Mapping[str, JsonValue] | None = None,
) -> str:
    head = {"alg": algorithm.value, **(header or {})}
    parts = [b64url_encode(json.dumps(part).encode()) for part in (head, claims)]
    message = ".".join(parts)
    return f"{message}.{b64url_encode(SIGNATURES.sign(algorithm, PRIVATE[algorithm], message.encode()))}"


def prove(house: House, authorization: str | None, form: Mapping[str, str], *, address: str = HOME) -> Client:
    return house.flows.clients.authenticate(authorization, form, address=address)


def fetching(house: House, shelf: Shelf) -> AuthenticateClient:
    authenticate = house.flows.clients.authenticate
    return replace(authenticate, keys=replace(authenticate.keys, fetch=shelf))


def is_refused(house: House, authorization: str | None, form: Mapping[str, str]) -> bool:
    try:
        prove(house, authorization, form)
    except ClientRefused:
        return True
    return False


def added(house: House, wanted: Wanted = WEB) -> str:
    return house.flows.clients.add(wanted).secret or ""

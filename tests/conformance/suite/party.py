"""An application as the official suite plays it: it asks, redeems, and checks strictly whatever it is told."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, quote_plus, urlsplit

import httpx2

from doorward.core.kernel.secrets import digest
from doorward.core.keys.jose import JsonValue, b64url_encode
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType
from tests.conformance.suite.checks import IdToken, checked_id_token
from tests.conformance.suite.deployment import Deployment
from tests.conformance.suite.person import Person
from tests.proofs import Holder

CALLBACK: Final = "https://suite.example/callback"
AUTHORIZE: Final = "/oauth/authorize"
TOKEN: Final = "/oauth/token"
PAR: Final = "/oauth/par"
USERINFO: Final = "/oauth/userinfo"
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_NUMBERS: Final = count(1)

Changes = str | None

NOTHING: Final[Mapping[str, Changes]] = MappingProxyType({})
UNCHANGED: Final[Mapping[str, JsonValue]] = MappingProxyType({})


@dataclass
class Told:
    """What came back: the parameters of the answer, those that were sent, and the verifier of the challenge."""

    told: dict[str, str]
    sent: dict[str, str]
    verifier: str

    @property
    def code(self) -> str:
        """The code, of an answer that has one."""
        assert "error" not in self.told, self.told
        return self.told["code"]

    @property
    def error(self) -> str:
        """The error, of an answer that has one and nothing besides."""
        assert set(self.told) <= {"error", "error_description", "state", "iss"}, self.told
        return self.told["error"]


@dataclass
class Tokens:
    """What a code was redeemed for, checked."""

    access_token: str
    refresh_token: str | None
    id_token: str
    about: IdToken
    body: dict[str, JsonValue]


@dataclass
class Party:
    """An application, registered for one plan. `holder` proves its tokens, `signer` signs its assertions.

    `at` is the instance that it sends forms to, where that is not the only one.
    """

    deployment: Deployment
    client: Client
    secret: str = ""
    response_mode: str | None = None
    holder: Holder | None = None
    signer: Holder | None = None
    at: str = field(default="", init=False)
    nonce: str | None = field(default=None, init=False)

    @classmethod
    def registered(
        cls, deployment: Deployment, name: str, *, response_mode: str | None = None, **more: object
    ) -> "Party":
        """Return an application that an operator registered."""
        wanted = {"name": name, "type": ClientType.WEB, "redirect_uris": (CALLBACK,), **more}
        added = deployment.house.flows.clients.add(Wanted(**wanted))  # type: ignore[arg-type]  # a test's own
        return cls(deployment, added.client, added.secret or "", response_mode)

    @property
    def callback(self) -> str:
        """Where answers go."""
        return self.client.redirect_uris[0]

    def asking(self, **changes: Changes) -> tuple[dict[str, str], str]:
        """Return the parameters of a right request, with some of them changed or left out, and its verifier."""
        number = next(_NUMBERS)
        verifier = f"a-verifier-that-nobody-guesses-{number:020}"
        right = {
            "client_id": self.client.id,
            "redirect_uri": self.callback,
            "response_type": "code",
            "scope": "openid",
            "state": f"state {number}",
            "nonce": f"nonce {number}",
            "code_challenge": b64url_encode(digest(verifier.encode())),
            "code_challenge_method": "S256",
            "response_mode": self.response_mode,
        }
        both: dict[str, str | None] = {**right, **changes}
        return {name: value for name, value in both.items() if value is not None}, verifier

    def authorize(self, person: Person, *, by_form: bool = False, decision: str = "allow", **changes: Changes) -> Told:
        """Send somebody to the server, let them answer what they are asked, and return what comes back."""
        sent, verifier = self.asking(**changes)
        person.pages.clear()
        person.arrive(AUTHORIZE, sent, by_form=by_form).go_on(decision)
        return Told(self.heard(person, sent), sent, verifier)

    def heard(self, person: Person, sent: Mapping[str, str]) -> dict[str, str]:
        """Return what an answer tells: at the address and in the way that was asked for, with issuer and state."""
        if sent.get("response_mode") == "form_post":
            form = person.paper.forms["answer-form"]
            assert person.led_to is None
            assert form.action == sent.get("redirect_uri", self.callback)
            told = dict(form.fields)
        else:
            address, _, query = (person.led_to or "").partition("?")
            assert address == sent.get("redirect_uri", self.callback).partition("?")[0], person.answer.text
            assert urlsplit(person.led_to or "").fragment == ""
            pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
            told = dict(pairs)
            assert len(told) == len(pairs)
        assert told["iss"] == self.deployment.issuer
        assert told.get("state") == sent.get("state")
        return told

    def send(
        self,
        path: str,
        fields: Mapping[str, Changes] = NOTHING,
        *,
        prover: Holder | None = None,
        is_proven: bool = True,
        **more: Changes,
    ) -> httpx2.Response:
        """Post a form, with what proves the application and, by `prover`, a proof of possession."""
        sent = {name: value for name, value in {**fields, **more}.items() if value is not None}
        headers, credentials = self.credentials() if is_proven else ({}, {})
        form = {**credentials, **sent}
        answer = self._post(path, form, headers, prover)
        if prover is not None and "dpop-nonce" in answer.headers:
            self.nonce = answer.headers["dpop-nonce"]
            if answer.status_code == 400 and answer.json()["error"] == "use_dpop_nonce":
                headers, credentials = self.credentials() if is_proven else ({}, {})
                return self._post(path, {**credentials, **sent}, headers, prover)
        return answer

    def credentials(
        self, changes: Mapping[str, JsonValue] = UNCHANGED, *, signer: Holder | None = None
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return what proves the application: header fields, and fields of the form."""
        match self.client.authentication:
            case ClientAuthentication.SECRET_BASIC:
                pair = f"{quote_plus(self.client.id)}:{quote_plus(self.secret)}"
                return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, {}
            case ClientAuthentication.SECRET_POST:
                return {}, {"client_id": self.client.id, "client_secret": self.secret}
            case ClientAuthentication.PRIVATE_KEY:
                return {}, {
                    "client_assertion": self.assertion(changes, signer=signer),
                    "client_assertion_type": ASSERTION,
                }
            case _:
                return {}, {"client_id": self.client.id}

    def assertion(self, changes: Mapping[str, JsonValue] = UNCHANGED, *, signer: Holder | None = None) -> str:
        """Return an assertion of the application, with some claims changed or left out."""
        now, by = int(self.deployment.now().timestamp()), signer or self.signer
        assert by is not None
        claims: dict[str, JsonValue] = {
            "iss": self.client.id,
            "sub": self.client.id,
            "aud": self.deployment.issuer,
            "jti": f"assertion {next(_NUMBERS)}",
            "iat": now,
            "exp": now + 60,
        }
        return by.signed({"alg": by.algorithm.value, "kid": by.name}, {**claims, **changes})

    def redeem(self, told: Told, **changes: Changes) -> httpx2.Response:
        """Send a code to the token endpoint."""
        return self.send(TOKEN, self.redeeming(told, **changes), prover=self.holder)

    def redeeming(self, told: Told, **changes: Changes) -> dict[str, Changes]:
        """Return the fields that redeem a code."""
        right = {
            "grant_type": "authorization_code",
            "code": told.code,
            "redirect_uri": told.sent.get("redirect_uri", self.callback),
            "code_verifier": told.verifier,
        }
        return {**right, **changes}

    def tokens(self, told: Told) -> Tokens:
        """Return the tokens for a code, which must be all that they ought to be."""
        return self.issued(self.redeem(told), told)

    def issued(self, answer: httpx2.Response, told: Told | None = None) -> Tokens:
        """Return the tokens of an answer, checked."""
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["pragma"] == "no-cache"
        body = answer.json()
        assert body["token_type"] == ("DPoP" if self.holder else "Bearer")
        assert 0 < body["expires_in"] <= 600
        about = checked_id_token(self.deployment, body["id_token"], self.client, body["access_token"])
        assert about.claims.get("nonce") == (told.sent.get("nonce") if told else None)
        return Tokens(body["access_token"], body.get("refresh_token"), body["id_token"], about, body)

    def refused(self, answer: httpx2.Response) -> str:
        """Return the error of a refusal, which must be said as RFC 6749 section 5.2 wants it."""
        assert answer.status_code in (400, 401), answer.text
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        body = answer.json()
        assert set(body) <= {"error", "error_description"}
        error: str = body["error"]
        return error

    def userinfo(self, access_token: str, method: str = "GET", *, scheme: str = "Bearer") -> httpx2.Response:
        """Ask who the owner of an access token is, as the scheme of the token wants it."""
        headers = {"authorization": f"{scheme} {access_token}"}
        url = f"{self.deployment.url}{USERINFO}"
        if self.holder is not None:
            headers["dpop"] = self.holder.proof(method, url, self.deployment.now(), access_token=access_token)
        return self.deployment.http.request(method, url, headers=headers)

    def _post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str], prover: Holder | None
    ) -> httpx2.Response:
        url, sent = f"{self.deployment.url}{path}", dict(headers)
        if prover is not None:
            sent["dpop"] = prover.proof("POST", url, self.deployment.now(), nonce=self.nonce)
        return self.deployment.http.post(f"{self.at or self.deployment.url}{path}", data=dict(form), headers=sent)


def a_key_set(*holders: Holder) -> dict[str, JsonValue]:
    """Return the public keys of holders, as a set."""
    return {
        "keys": [{**holder.jwk, "kid": holder.name, "alg": holder.algorithm.value, "use": "sig"} for holder in holders]
    }

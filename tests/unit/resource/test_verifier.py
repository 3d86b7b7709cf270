# Source: RFC 9068 section 4, RFC 8725, RFC 6750, RFC 9449 section 7.
import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import AccessToken, Algorithm
from doorward.resource import (
    AccessRefused,
    Issuer,
    Presented,
    RequestMalformed,
    TokenInvalid,
    TokenMissing,
    Verifier,
)
from doorward.testing.clock import FixedClock
from tests.issuing import AUDIENCE, Issuing, compact, issuing, pair, published
from tests.pairs import SIGNATURES

EPOCH = int(FixedClock().now().timestamp())


def asking(*authorization: str, proofs: tuple[str, ...] = (), query: str = "") -> Presented:
    return Presented(authorization, proofs, "GET", "/notes", query)


def bearer(token: str) -> Presented:
    return asking(f"Bearer {token}")


def test_check_good_token_says_who(issuer: Issuing, verifier: Verifier) -> None:
    token = verifier.check(bearer(issuer.token()))

    assert (token.subject, token.client_id, token.scope) == ("margaret", "notes-app", "notes.read")


async def checked_soon(verifier: Verifier, presented: Presented) -> AccessToken:
    return await verifier.check_soon(presented)


def test_check_soon_good_token_says_who(issuer: Issuing, verifier: Verifier) -> None:
    token = asyncio.run(checked_soon(verifier, bearer(issuer.token())))

    assert token.subject == "margaret"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"alg": "none"}, marks=pytest.mark.requirement("J-03"), id="J-03-none"),
        pytest.param({"alg": "HS256"}, marks=pytest.mark.requirement("J-01"), id="J-01-hmac"),
        pytest.param({"alg": "RS256"}, marks=pytest.mark.requirement("J-01"), id="J-01-other-algorithm"),
        pytest.param({"alg": "PS256"}, marks=pytest.mark.requirement("J-02"), id="J-02-not-of-this-issuer"),
        pytest.param({"kid": "../../etc/passwd"}, marks=pytest.mark.requirement("J-08"), id="J-08-path"),
        pytest.param({"kid": None}, marks=pytest.mark.requirement("J-08"), id="J-08-no-key"),
        pytest.param({"typ": "JWT"}, marks=pytest.mark.requirement("J-09"), id="J-09-id-token"),
        pytest.param({"typ": "logout+jwt"}, marks=pytest.mark.requirement("J-09"), id="J-09-logout-token"),
        pytest.param({"typ": "dpop+jwt", "jwk": {}}, marks=pytest.mark.requirement("J-09"), id="J-09-proof"),
        pytest.param({"typ": None}, marks=pytest.mark.requirement("J-15"), id="J-15-no-type"),
        pytest.param({"crit": ["exp"]}, marks=pytest.mark.requirement("J-13"), id="J-13-crit"),
        pytest.param({"crit": []}, marks=pytest.mark.requirement("J-13"), id="J-13-empty-crit"),
        pytest.param({"pad": "x" * 1024}, marks=pytest.mark.requirement("J-12"), id="J-12-long-header"),
    ],
)
def test_check_hostile_header_is_refused(issuer: Issuing, verifier: Verifier, header: dict[str, JsonValue]) -> None:
    with pytest.raises(TokenInvalid):
        verifier.check(bearer(issuer.token(header=header)))


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"iss": "https://other.example"}, marks=pytest.mark.requirement("J-06"), id="J-06-stranger"),
        pytest.param({"aud": "https://other.example"}, marks=pytest.mark.requirement("J-07"), id="J-07-other"),
        pytest.param({"aud": None}, marks=pytest.mark.requirement("J-07"), id="J-07-absent"),
        pytest.param({"aud": [AUDIENCE]}, marks=pytest.mark.requirement("J-19"), id="J-19-list"),
        pytest.param({"aud": AUDIENCE + "/"}, marks=pytest.mark.requirement("J-07"), id="J-07-longer"),
        pytest.param({"sub": None}, marks=pytest.mark.requirement("J-16"), id="J-16-sub"),
        pytest.param({"client_id": None}, marks=pytest.mark.requirement("J-16"), id="J-16-client_id"),
        pytest.param({"jti": None}, marks=pytest.mark.requirement("J-16"), id="J-16-jti"),
        pytest.param({"iat": None}, marks=pytest.mark.requirement("J-16"), id="J-16-iat"),
        pytest.param({"exp": None}, marks=pytest.mark.requirement("J-16"), id="J-16-exp"),
        pytest.param({"exp": EPOCH - 30}, marks=pytest.mark.requirement("J-18"), id="J-18-expired"),
        pytest.param({"nbf": EPOCH + 31}, marks=pytest.mark.requirement("J-20"), id="J-20-not-yet"),
        pytest.param({"exp": EPOCH + 301}, marks=pytest.mark.requirement("J-20"), id="J-20-lives-too-long"),
        pytest.param({"exp": 1e308}, marks=pytest.mark.requirement("J-20"), id="J-20-huge"),
        pytest.param({"deep": [[[[[[[[1]]]]]]]]}, marks=pytest.mark.requirement("J-12"), id="J-12-deep"),
        pytest.param({"cnf": {"x5t#S256": "x"}}, marks=pytest.mark.requirement("A-14"), id="bound-in-another-way"),
    ],
)
def test_check_hostile_claims_are_refused(issuer: Issuing, verifier: Verifier, claims: dict[str, JsonValue]) -> None:
    with pytest.raises(TokenInvalid):
        verifier.check(bearer(issuer.token(claims)))


@pytest.mark.requirement("J-14")
def test_check_claim_that_stands_twice_is_refused(issuer: Issuing, verifier: Verifier) -> None:
    head, body, _ = issuer.token().split(".")
    claims = jose.b64url_decode(body).decode()[:-1] + ', "sub": "root"}'
    signed = f"{head}.{jose.b64url_encode(claims.encode())}"
    signature = SIGNATURES.sign(Algorithm.ES256, pair()[1], signed.encode())

    with pytest.raises(TokenInvalid):
        verifier.check(bearer(f"{signed}.{jose.b64url_encode(signature)}"))


@pytest.mark.requirement("J-04", "J-11", "J-18")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda token: token[:-2] + ("AA" if token[-2:] != "AA" else "BA"), id="signature"),
        pytest.param(lambda token: token.replace(".", ".e30.", 1), id="four-parts"),
        pytest.param(lambda token: token.rpartition(".")[0] + ".", id="no-signature"),
        pytest.param(lambda token: token + "=", id="padding"),
    ],
)
def test_check_changed_token_is_refused(issuer: Issuing, verifier: Verifier, change: Callable[[str], str]) -> None:
    good = issuer.token()
    verifier.check(bearer(good))

    with pytest.raises(TokenInvalid):
        verifier.check(bearer(change(good)))


@pytest.mark.requirement("J-08")
@pytest.mark.parametrize("name", ["jwk", "jku", "x5u"])
def test_check_key_in_the_header_is_never_looked_at(issuer: Issuing, verifier: Verifier, name: str) -> None:
    embedded: JsonValue = published(pair(number=7)[0]) if name == "jwk" else f"{issuer.url}/jwks-of-the-attacker.json"
    presented = issuer.token(header={"kid": "key-ES256-7", name: embedded}, number=7)

    with pytest.raises(TokenInvalid):
        verifier.check(bearer(presented))
    assert not any("attacker" in path for path in issuer.asked)


@pytest.mark.requirement("J-06")
def test_check_keys_of_one_issuer_do_not_verify_for_another(issuer: Issuing, clock: FixedClock) -> None:
    with issuing(clock) as other:
        other.keys = [published(pair(number=1)[0])]
        verifier = Verifier([issuer.url, Issuer(other.url)], AUDIENCE, clock=clock)

        mine = verifier.check(bearer(issuer.token()))
        theirs = verifier.check(bearer(other.token(number=1)))
        with pytest.raises(TokenInvalid):
            verifier.check(bearer(issuer.token({"iss": other.url})))

        assert (mine.issuer, theirs.issuer) == (issuer.url, other.url)
        verifier.close()


@pytest.mark.requirement("J-02")
def test_check_algorithm_that_one_issuer_may_use_is_refused_of_another(issuer: Issuing, clock: FixedClock) -> None:
    with issuing(clock) as other:
        issuer.keys = other.keys = [published(pair(Algorithm.EDDSA)[0])]
        verifier = Verifier([issuer.url, Issuer(other.url, algorithms=(Algorithm.EDDSA,))], AUDIENCE, clock=clock)

        assert verifier.check(bearer(other.token(algorithm=Algorithm.EDDSA))).issuer == other.url
        with pytest.raises(TokenInvalid):
            verifier.check(bearer(issuer.token(algorithm=Algorithm.EDDSA)))
        verifier.close()


@pytest.mark.requirement("J-15")
def test_check_rs256_is_believed(issuer: Issuing, verifier: Verifier) -> None:
    issuer.keys = [published(pair(Algorithm.RS256)[0])]

    assert verifier.check(bearer(issuer.token(algorithm=Algorithm.RS256))).subject == "margaret"


@pytest.mark.requirement("J-19")
def test_check_token_of_a_client_alone_has_no_session(issuer: Issuing, verifier: Verifier) -> None:
    token = verifier.check(bearer(issuer.token({"sub": "notes-app", "sid": None, "auth_time": None})))

    assert (token.subject, token.session_id) == (token.client_id, None)


def test_check_again_asks_no_mathematics(issuer: Issuing, verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    presented = bearer(issuer.token())
    first = verifier.check(presented)

    monkeypatch.setattr(verifier, "_signatures", None)

    assert verifier.check(presented) == first


def test_check_remembered_token_still_expires(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    presented = bearer(issuer.token())
    verifier.check(presented)
    clock.advance(timedelta(minutes=5, seconds=30))

    with pytest.raises(TokenInvalid):
        verifier.check(presented)


def test_check_remembers_a_bounded_number(issuer: Issuing, clock: FixedClock) -> None:
    verifier = Verifier(issuer.url, AUDIENCE, clock=clock, max_remembered=3)

    for number in range(10):
        assert verifier.check(bearer(issuer.token({"jti": f"{number}"}))).token_id == f"{number}"

    assert len(verifier._believed) == 3
    verifier.close()


def test_check_remembers_no_token_itself(issuer: Issuing, verifier: Verifier) -> None:
    presented = issuer.token()
    verifier.check(bearer(presented))

    assert presented not in repr(verifier._believed)


def test_check_remembered_token_whose_key_was_removed_is_refused(
    issuer: Issuing, verifier: Verifier, clock: FixedClock
) -> None:
    presented = bearer(issuer.token({"exp": EPOCH + 300}))
    verifier.check(presented)
    issuer.keys = [published(pair(number=1)[0])]
    clock.advance(timedelta(minutes=5))

    with pytest.raises(TokenInvalid):
        verifier.check(presented)
    assert issuer.fetches == 2


class Told:
    def __init__(self) -> None:
        self.sessions: set[str] = set()

    def is_revoked(self, token: AccessToken) -> bool:
        return token.session_id in self.sessions


def test_check_remembered_token_that_was_revoked_is_refused(issuer: Issuing, clock: FixedClock) -> None:
    told = Told()
    verifier = Verifier(issuer.url, AUDIENCE, clock=clock, revocations=told)
    presented = bearer(issuer.token())
    verifier.check(presented)
    told.sessions.add("a-session")

    with pytest.raises(TokenInvalid):
        verifier.check(presented)
    verifier.close()


@pytest.mark.requirement("B-01", "B-04")
@pytest.mark.parametrize(
    "presented",
    [
        pytest.param(lambda token: asking(f"Bearer {token}", f"Bearer {token}"), id="twice"),
        pytest.param(lambda token: asking(f"Bearer {token}, Bearer {token}"), id="joined"),
        pytest.param(lambda token: asking(f"Bearer {token}", query=f"access_token={token}"), id="query-too"),
        pytest.param(
            lambda token: asking(f"Bearer {token}", query=f"a=1&access%5Ftoken={token}&access_token"), id="empty-too"
        ),
        pytest.param(lambda _: asking("Bearer"), id="none"),
        pytest.param(lambda _: asking("Bearer "), id="empty"),
        pytest.param(lambda token: asking(f"Bearer {token} more"), id="more"),
        pytest.param(lambda token: asking(f"Bearer\t{token}"), id="tab"),
    ],
)
def test_check_not_exactly_one_token_is_malformed(
    issuer: Issuing, verifier: Verifier, presented: Callable[[str], Presented]
) -> None:
    with pytest.raises(AccessRefused) as refused:
        verifier.check(presented(issuer.token()))

    assert isinstance(refused.value, RequestMalformed | TokenMissing)
    assert issuer.asked == []


@pytest.mark.requirement("B-02", "B-03")
@pytest.mark.parametrize("presented", [asking(), asking("Basic bWU6eW91"), asking(query="access_token=x")])
def test_check_without_a_token_in_its_place_has_none(verifier: Verifier, presented: Presented) -> None:
    with pytest.raises(TokenMissing):
        verifier.check(presented)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_check_scheme_in_any_case_is_read(issuer: Issuing, verifier: Verifier, scheme: str) -> None:
    assert verifier.check(asking(f"{scheme}  {issuer.token()}")).subject == "margaret"


@pytest.mark.parametrize(
    ("issuers", "jwks_uri"),
    [
        ([], None),
        (["https://one.example", Issuer("https://one.example")], None),
        (["https://one.example", "https://two.example"], "https://one.example/jwks.json"),
        (Issuer("https://one.example"), "https://one.example/jwks.json"),
        ("http://one.example", None),
        ("one.example", None),
        ("https://me@one.example", None),
        ("https://one.example", "http://one.example/jwks.json"),
        ("https://[one", None),
    ],
)
def test_verifier_of_issuers_that_cannot_be_told_apart_or_trusted_is_refused(
    issuers: str | Issuer | list[str | Issuer], jwks_uri: str | None
) -> None:
    with pytest.raises(ValueError, match=r"."):
        Verifier(issuers, AUDIENCE, jwks_uri=jwks_uri)


def test_issuer_without_algorithms_is_refused() -> None:
    with pytest.raises(ValueError, match="no algorithm"):
        Issuer("https://one.example", algorithms=())


def test_check_believes_nobody_elses_signature(issuer: Issuing, verifier: Verifier) -> None:
    head, body, _ = issuer.token().split(".")
    forged = compact({"typ": "at+jwt", "alg": "ES256", "kid": "key-ES256-0"}, {}, pair(number=9)[1], Algorithm.ES256)

    with pytest.raises(TokenInvalid):
        verifier.check(bearer(f"{head}.{body}.{forged.rpartition('.')[2]}"))

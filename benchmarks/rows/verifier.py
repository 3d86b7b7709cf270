"""What it costs a resource server to check an access token, beside the bare mathematics."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from operator import truediv
from time import thread_time
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.report import Row, Spread, at_least, at_most
from benchmarks.run import Bench, Run
from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.ids import KeyId, SessionId, new_id
from doorward.core.keys import jose, tokens
from doorward.core.keys.records import AccessToken, Algorithm
from doorward.resource import Presented, Verifier
from doorward.resource.clock import SystemClock
from doorward.resource.keys import KeySet

_ISSUER: Final = "https://id.example.org"
_AUDIENCE: Final = "https://api.example.org"
_TOKENS: Final = 400
_ROUND: Final = 40
_CLOCK: Final = SystemClock()
_MICROSECONDS: Final = 1e6


@dataclass(frozen=True, slots=True)
class _Signed:
    """A token as it is presented, and what the bare mathematics takes in its place."""

    presented: Presented
    message: bytes
    signature: bytes


def _measure(run: Run) -> Sequence[Row]:
    public, signed = _material()
    key = ec.EllipticCurvePublicNumbers(*_point(public), ec.SECP256R1()).public_key()
    fresh, remembering = _verifier(public, max_remembered=0), _verifier(public, max_remembered=_TOKENS)
    algorithm = ec.ECDSA(SHA256())

    def bare(one: _Signed) -> object:
        return key.verify(one.signature, one.message, algorithm)

    costs: dict[str, list[float]] = {"bare": [], "fresh": [], "cached": []}
    programs: dict[str, Callable[[_Signed], object]] = {
        "bare": bare,
        "fresh": lambda one: fresh.check(one.presented),
        "cached": lambda one: remembering.check(one.presented),
    }
    for one in signed:
        remembering.check(one.presented)
    for turn in range(run.rounds):
        run.say(f"round {turn + 1} of {run.rounds}: the bare verification, a fresh token, one that is remembered")
        for name, cost in _in_turns(programs, signed, seconds=run.seconds).items():
            costs[name].append(cost)
    return _rows(costs)


def _in_turns(
    programs: dict[str, Callable[[_Signed], object]], signed: Sequence[_Signed], *, seconds: float
) -> dict[str, float]:
    """Return what each program costs: the least of many short rounds, in turns, in microseconds of processor time."""
    least = dict.fromkeys(programs, float("inf"))
    material = cycle(signed)
    until = thread_time() + seconds
    with _without_collections():
        while thread_time() < until:
            for name, program in programs.items():
                some = [next(material) for _ in range(_ROUND)]
                least[name] = min(least[name], _cost(program, some))
    return least


def _cost(program: Callable[[_Signed], object], some: Iterable[_Signed]) -> float:
    began = thread_time()
    for one in some:
        program(one)
    return (thread_time() - began) / _ROUND * _MICROSECONDS


@contextmanager
def _without_collections() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _rows(costs: dict[str, list[float]]) -> Sequence[Row]:
    bare, fresh, cached = (Spread.of(costs[name]) for name in ("bare", "fresh", "cached"))
    return [
        Row(
            "verifier",
            "a token that it has seen before",
            cached,
            "µs",
            goal=at_most(10),
            note="one check in process: the field read, the digest looked up, the life and the keys looked at",
        ),
        Row(
            "verifier",
            "the same, in a second on one core",
            Spread.of([_MICROSECONDS / cost for cost in costs["cached"]]),
            "/s",
            goal=at_least(50_000),
        ),
        Row(
            "verifier",
            "a token that it sees for the first time",
            Spread.of_each(costs["fresh"], costs["bare"], truediv),
            goal=at_most(1.4),
            limit=f"one ES256 verification by cryptography: {bare} µs",
            ours=f"{fresh} µs",
            note="from the field Authorization to the claims: parsing, the signature, every check",
        ),
    ]


def _material() -> tuple[str, Sequence[_Signed]]:
    signatures = JoseSignatures()
    key_id = KeyId(new_id(_CLOCK.now()))
    public, private = signatures.generate(Algorithm.ES256, key_id)
    return public, [_signed(signatures, private, key_id) for _ in range(_TOKENS)]


def _signed(signatures: JoseSignatures, private: bytes, key_id: KeyId) -> _Signed:
    now = _CLOCK.now()
    token = AccessToken(
        issuer=_ISSUER,
        subject=new_id(now),
        audience=_AUDIENCE,
        client_id="notes-app",
        session_id=SessionId(new_id(now)),
        token_id=new_id(now),
        scope="openid notes.read notes.write",
        issued_at=now,
        expires_at=now + tokens.MAX_ACCESS_TOKEN_LIFE,
        authenticated_at=now,
        roles=("editor",),
    )
    message = tokens.signing_input(token, Algorithm.ES256, key_id)
    raw = signatures.sign(Algorithm.ES256, private, message)
    presented = Presented((f"Bearer {message.decode()}.{jose.b64url_encode(raw)}",))
    return _Signed(presented, message, encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])))


def _point(public: str) -> tuple[int, int]:
    members = json.loads(public)
    return int.from_bytes(jose.b64url_decode(members["x"])), int.from_bytes(jose.b64url_decode(members["y"]))


def _verifier(public: str, *, max_remembered: int) -> Verifier:
    """Return a verifier that holds the key and never fetches one; long-lived tokens, so that a run may take long."""
    verifier = Verifier(_ISSUER, _AUDIENCE, max_remembered=max_remembered, leeway=timedelta(hours=1))
    key_set = KeySet((Algorithm.ES256,), lambda: {"keys": [json.loads(public)]}, _CLOCK)
    verifier._key_sets[_ISSUER] = key_set  # noqa: SLF001 (fetching it is not what is measured)
    return verifier


BENCH: Final = Bench("verifier", "Checking access tokens in a resource server", _measure)

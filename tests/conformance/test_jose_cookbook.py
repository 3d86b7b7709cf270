# Source: RFC 7520 (Examples of Protecting Content Using JOSE) section 4.
import json
from typing import Final

import pytest
from pydantic import BaseModel

from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from tests.conformance.jws import is_accepted
from tests.conformance.vectors import needs_vectors, read

REFUSED: Final = [
    "4_2.rsa-pss_signature",
    "4_3.ecdsa_signature",
    "4_4.hmac-sha2_integrity_protection",
]

pytestmark = needs_vectors


class Input(BaseModel):
    key: dict[str, str]
    alg: str


class Output(BaseModel):
    compact: str


class Example(BaseModel):
    input: Input
    output: Output

    def jwk(self) -> str:
        public = {
            name: value
            for name, value in self.input.key.items()
            if name in {"kty", "kid", "use", "n", "e", "crv", "x", "y"}
        }
        return json.dumps(public | {"alg": self.input.alg})


def example(name: str) -> Example:
    return Example.model_validate_json(read(f"jose-cookbook/jws/{name}.json"))


def test_verify_section_4_1_rs256_is_accepted() -> None:
    given = example("4_1.rsa_v15_signature")

    assert is_accepted(given.output.compact, given.jwk())


@pytest.mark.parametrize("name", REFUSED)
def test_parse_section_4_other_algorithms_are_refused(name: str) -> None:
    given = example(name)

    assert not is_accepted(given.output.compact, given.jwk())
    with pytest.raises(TokenRefused):
        jose.parse(given.output.compact)


def test_parse_rfc_7797_unencoded_payload_is_refused() -> None:
    output = json.loads(read("jose-cookbook/rfc7797/hmac-sha2_b64_false.json"))

    with pytest.raises(TokenRefused):
        jose.parse(output["output"]["compact"])


def test_verify_rfc_8037_section_a_4_eddsa_is_accepted() -> None:
    given = Example.model_validate_json(read("jose-cookbook/curve25519/jws.json"))

    assert is_accepted(given.output.compact, given.jwk())


def test_parse_rfc_8037_eddsa_is_refused_where_the_server_signs() -> None:
    given = Example.model_validate_json(read("jose-cookbook/curve25519/jws.json"))

    with pytest.raises(TokenRefused):
        jose.parse(given.output.compact)

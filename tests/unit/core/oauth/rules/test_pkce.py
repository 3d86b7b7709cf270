import pytest

from doorward.core.oauth.rules import pkce

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.requirement("P-01")
def test_matches_vector_of_rfc_7636_appendix_b_fits() -> None:
    assert pkce.matches(CHALLENGE, VERIFIER)


@pytest.mark.requirement("P-01", "P-05")
@pytest.mark.parametrize(
    "verifier",
    [VERIFIER[:-1] + "A", VERIFIER + "A", CHALLENGE, VERIFIER.lower(), ""],
    ids=["another", "longer", "plain", "case", "empty"],
)
def test_matches_another_verifier_does_not_fit(verifier: str) -> None:
    assert not pkce.matches(CHALLENGE, verifier)


@pytest.mark.requirement("P-06")
@pytest.mark.parametrize(("challenge", "verifier"), [(CHALLENGE, None), (None, VERIFIER)])
def test_matches_one_without_the_other_does_not_fit(challenge: str | None, verifier: str | None) -> None:
    assert not pkce.matches(challenge, verifier)


def test_matches_neither_was_sent_fits() -> None:
    assert pkce.matches(None, None)


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize("length", [43, 128])
def test_is_verifier_shortest_and_longest_are_some(length: int) -> None:
    assert pkce.is_verifier("~" * length)


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize("presented", ["a" * 42, "a" * 129, "a" * 42 + "+", "a" * 42 + "é", "a" * 43 + "\n"], ids=repr)
def test_is_verifier_other_length_or_letters_is_none(presented: str) -> None:
    assert not pkce.is_verifier(presented)


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize("presented", [CHALLENGE[:-1], CHALLENGE + "A", CHALLENGE[:-1] + "=", CHALLENGE + "\n"])
def test_is_challenge_anything_but_43_letters_of_base64url_is_none(presented: str) -> None:
    assert pkce.is_challenge(CHALLENGE)
    assert not pkce.is_challenge(presented)

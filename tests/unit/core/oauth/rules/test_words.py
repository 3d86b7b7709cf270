import pytest

from doorward.core.oauth.rules import reserved_claims, scope_words, scopes


def test_words_every_scope_about_people_has_a_sentence() -> None:
    assert set(scope_words.WORDS) == scopes.ABOUT_PEOPLE


def test_words_scope_of_the_deployment_has_its_own_sentence_or_its_name() -> None:
    own = {"reports:read": "Read your reports"}

    assert scope_words.words("reports:read", own=own) == "Read your reports"
    assert "reports:write" in scope_words.words("reports:write", own=own)


def test_words_sentence_of_the_table_cannot_be_replaced() -> None:
    assert scope_words.words("email", own={"email": "Nothing at all"}) == scope_words.WORDS["email"]


@pytest.mark.parametrize("name", ["iss", "sub", "SUB", " sub", "aud", "client_id", "scope", "cnf", "roles", "sid"])
def test_without_reserved_claim_that_the_server_says_is_left_out(name: str) -> None:
    assert reserved_claims.without_reserved({name: "evil", "department": "physics"}) == {"department": "physics"}

from doorward.core.oauth.rules import scopes


def test_words_every_scope_about_people_has_a_sentence() -> None:
    assert set(scopes.WORDS) == scopes.ABOUT_PEOPLE


def test_words_scope_of_the_deployment_has_its_own_sentence_or_its_name() -> None:
    own = {"reports:read": "Read your reports"}

    assert scopes.words("reports:read", own=own) == "Read your reports"
    assert "reports:write" in scopes.words("reports:write", own=own)


def test_words_sentence_of_the_table_cannot_be_replaced() -> None:
    assert scopes.words("email", own={"email": "Nothing at all"}) == scopes.WORDS["email"]

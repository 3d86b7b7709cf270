"""Single claims that an application asks for by name, and the people who are to allow them."""

import pytest

from tests.functional.authorize.guest import Guest, approved, change, consent_of
from tests.functional.site import Site


@pytest.mark.parametrize("place", ["userinfo", "id_token"])
def test_claim_that_is_asked_for_by_name_is_allowed_like_its_scope(provider: Site, regular: Guest, place: str) -> None:
    claims = f'{{"{place}": {{"email": null}}}}'
    assert regular.ask(claims=claims, prompt="none").told["error"] == "consent_required"
    assert regular.ask(claims=claims).led_to.startswith("/consent")
    regular.follow()
    assert "See your e-mail address" in regular.paper.texts["permissions"]

    told = regular.consent().told

    consent = consent_of(provider)
    assert consent is not None
    assert consent.scope == "openid profile email"
    assert approved(provider, told["code"]).scope == "openid profile"
    assert "code" in regular.ask(claims=claims, prompt="none").told


def test_claim_that_belongs_to_no_scope_of_the_application_is_never_told_later(provider: Site, regular: Guest) -> None:
    change(provider, scopes=("openid", "profile"))
    told = regular.ask(claims='{"userinfo": {"email": null}}').told

    assert approved(provider, told["code"]).claims == '{"userinfo":{}}'

import json
from dataclasses import replace

import pytest

from doorward.core.oauth.tokens import person
from doorward.core.sessions.records import Profile
from tests.builders import NOW, an_account

PROFILE: Profile = replace(an_account().profile(("clerk",)))


@pytest.mark.parametrize(
    ("scopes", "told"),
    [
        (("openid",), {}),
        (("openid", "profile"), {"preferred_username": "margaret", "updated_at": int(NOW.timestamp())}),
        (("email",), {"email": "margaret@mail.example", "email_verified": True}),
        (("roles",), {"roles": ["clerk"]}),
    ],
    ids=str,
)
def test_by_scope_tells_what_the_scopes_cover(scopes: tuple[str, ...], told: dict[str, object]) -> None:
    assert person.by_scope(PROFILE, scopes=scopes) == told


def test_by_name_tells_what_is_asked_for_among_the_scopes_of_the_client() -> None:
    told = person.by_name(PROFILE, scopes=("openid", "email"), names={"email", "preferred_username", "sub"})

    assert told == {"email": "margaret@mail.example"}


def test_asked_for_reads_the_names_of_one_place() -> None:
    claims = json.dumps({"id_token": {"email": None, "x": {"essential": True}}, "userinfo": {"roles": None}})

    assert person.asked_for(claims, "id_token") == {"email", "x"}
    assert person.asked_for(claims, "userinfo") == {"roles"}


@pytest.mark.parametrize("claims", [None, "", "[]", "{", '{"id_token": ["email"]}', '{"id_token": null}', "[" * 9999])
def test_asked_for_what_is_not_understood_asks_for_nothing(claims: str | None) -> None:
    assert person.asked_for(claims, "id_token") == frozenset()


@pytest.mark.parametrize("name", sorted(person.RESERVED))
def test_around_reserved_claim_about_a_person_is_left_out(name: str) -> None:  # class 22
    claims = person.around({"iss": "us"}, {name: "an attacker's", "email": "margaret@mail.example"})

    assert claims.get(name) in (None, "us")
    assert claims["email"] == "margaret@mail.example"


def test_claims_about_people_are_none_of_the_reserved() -> None:
    assert person.RESERVED.isdisjoint(person.CLAIMS)

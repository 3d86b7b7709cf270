"""Whoever makes us ask a server of their own holds up nobody but others who do."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.functional.site import Site

DOCUMENT: Final = "https://app.example/client"
SIGNED: Final = {"client_assertion": "a.b.c", "client_assertion_type": "x"}
POSTS: Final = ("/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/par", "/oauth/device_authorization")
NEEDED: Final = {"grant_type": "client_credentials", "token": "x"}


def lanes(site: Site, method: str, path: str, fields: Mapping[str, str]) -> set[str]:
    site.notes.lanes.clear()
    if method == "GET":
        site.client().get(path, params=dict(fields), follow_redirects=False)
    else:
        site.client().post(path, data=dict(fields), follow_redirects=False)
    return set(site.notes.lanes)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "by",
    [SIGNED, {"client_id": DOCUMENT}, {"client_id": DOCUMENT.replace("https", "HTTPS")}],
    ids=["signed", "address", "loud address"],
)
def test_client_whose_own_server_may_be_asked_is_looked_up_beside_everybody_else(
    people: Site, path: str, by: Mapping[str, str]
) -> None:
    assert lanes(people, "POST", path, {**NEEDED, **by}) == {"web"}


@pytest.mark.parametrize(
    "by", [{"client_id": DOCUMENT}, {"client_id": "app", "request": "a.b.c"}], ids=["address", "signed request"]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/oauth/authorize"), ("POST", "/oauth/authorize")])
def test_authorization_request_of_such_a_client_too(
    people: Site, method: str, path: str, by: Mapping[str, str]
) -> None:
    assert lanes(people, method, path, by) == {"web"}


def test_sign_out_for_such_a_client_too(people: Site) -> None:
    assert "web" in lanes(people, "GET", "/oauth/logout", {"client_id": DOCUMENT})


@pytest.mark.parametrize("path", POSTS)
def test_any_other_client_is_looked_up_where_everything_is(people: Site, path: str) -> None:
    assert lanes(people, "POST", path, {**NEEDED, "client_id": "app"}) == {"main"}

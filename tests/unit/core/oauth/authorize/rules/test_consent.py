"""Whether a person must be asked."""

from dataclasses import replace
from typing import Final

import pytest

from doorward.core.oauth.authorize.rules.consent import is_covered, is_never_silent, is_offline, widened
from doorward.core.oauth.records import Client, ClientAuthentication, Consent
from tests.builders import ACCOUNT, CALLBACK, CLIENT, NOW, a_client

ALLOWED: Final = Consent(ACCOUNT, CLIENT, "openid profile", NOW)
OWN: Final = replace(a_client(), is_first_party=True)
CONFIDENTIAL: Final = replace(a_client(), authentication=ClientAuthentication.SECRET_BASIC)
APP: Final = "com.example.app:/signed-in"


@pytest.mark.parametrize(
    ("client", "wanted", "consent", "is_so"),
    [
        (a_client(), ("openid",), None, False),
        (a_client(), ("openid",), ALLOWED, True),
        (a_client(), ("profile", "openid"), ALLOWED, True),
        (a_client(), ("openid", "email"), ALLOWED, False),
        (OWN, ("openid", "email"), None, True),
    ],
)
def test_is_covered_when_all_of_it_was_allowed(
    client: Client, wanted: tuple[str, ...], consent: Consent | None, *, is_so: bool
) -> None:
    assert is_covered(client, wanted, consent) is is_so


@pytest.mark.parametrize(
    ("client", "redirect_uri", "details", "is_so"),
    [
        (a_client(), CALLBACK, None, False),
        (a_client(), APP, None, True),
        (a_client(), "http://127.0.0.1:4711/signed-in", None, True),
        (a_client(), CALLBACK, "[{}]", True),
        (CONFIDENTIAL, APP, None, False),
        (CONFIDENTIAL, CALLBACK, "[{}]", True),
        (OWN, APP, "[{}]", False),
    ],
)
def test_is_never_silent_when_any_program_could_ask(
    client: Client, redirect_uri: str, details: str | None, *, is_so: bool
) -> None:
    assert is_never_silent(client, redirect_uri, details) is is_so


def test_widened_keeps_what_was_allowed_before() -> None:
    assert widened(ALLOWED, ("openid", "email")) == "openid profile email"
    assert widened(None, ("openid",)) == "openid"


def test_is_offline_when_it_is_asked_for() -> None:
    assert is_offline(("openid", "offline_access"))
    assert not is_offline(("openid",))

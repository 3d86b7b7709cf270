from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.kernel.secrets import Envelopes
from doorward.core.oauth.clients import client_secrets
from doorward.core.oauth.clients.client_secrets import ClientSecrets
from doorward.core.oauth.records import Client, ClientSecret
from tests.builders import NOW, a_client

SECRETS: Final = ClientSecrets(Envelopes(b"k" * 32))
WEEK: Final = timedelta(days=7)


def a_client_with(*secrets: ClientSecret) -> Client:
    return replace(a_client(), secrets=secrets)


@pytest.mark.requirement("O-19")
def test_make_secret_is_recognised_by_its_digest_alone() -> None:
    shown, kept = SECRETS.make(NOW)

    assert SECRETS.digest_of(shown) == kept.digest
    assert shown.startswith("dws1_")
    assert kept.digest.hex() not in shown


@pytest.mark.requirement("O-19")
def test_digest_of_cut_or_longer_secret_is_none() -> None:
    shown, _ = SECRETS.make(NOW)

    changed = [shown[:-1], shown + "a", shown[1:], shown.upper(), shown.replace("dws1", "dwr1"), f" {shown}", ""]

    assert [SECRETS.digest_of(each) for each in changed] == [None] * len(changed)


@given(st.text(st.characters(), max_size=80))
def test_digest_of_anything_else_is_none(presented: str) -> None:
    assert SECRETS.digest_of(presented) is None
    assert SECRETS.digest_of(f"dws1_{presented}") is None


def test_digest_of_secret_of_another_deployment_is_none() -> None:
    shown, _ = ClientSecrets(Envelopes(b"o" * 32)).make(NOW)

    assert SECRETS.digest_of(shown) is None


def test_digest_of_secret_made_under_the_previous_key_is_known() -> None:
    shown, kept = ClientSecrets(Envelopes(b"o" * 32)).make(NOW)

    assert ClientSecrets(Envelopes(b"k" * 32, (b"o" * 32,))).digest_of(shown) == kept.digest


def test_is_live_secret_one_that_expired_is_not() -> None:
    client = a_client_with(ClientSecret(b"one", NOW, NOW + WEEK), ClientSecret(b"two", NOW))

    assert client_secrets.is_live_secret(client, b"one", NOW + WEEK - timedelta(seconds=1))
    assert not client_secrets.is_live_secret(client, b"one", NOW + WEEK)
    assert client_secrets.is_live_secret(client, b"two", NOW + WEEK)
    assert not client_secrets.is_live_secret(client, b"three", NOW)


def test_replaced_two_live_and_no_more() -> None:
    first, second, third = (ClientSecret(bytes([n]), NOW + timedelta(days=n)) for n in range(3))

    once = client_secrets.replaced(a_client_with(first), second, overlap=WEEK)
    twice = client_secrets.replaced(a_client_with(*once), third, overlap=WEEK)

    assert [each.digest for each in once] == [second.digest, first.digest]
    assert [each.digest for each in twice] == [third.digest, second.digest]
    assert twice[1].expires_at == third.created_at + WEEK


def test_replaced_without_overlap_ends_all_before() -> None:
    fresh = ClientSecret(b"new", NOW)

    assert client_secrets.replaced(a_client_with(ClientSecret(b"old", NOW)), fresh, overlap=timedelta(0)) == (fresh,)


def test_replaced_never_lengthens_a_life() -> None:
    ending = ClientSecret(b"old", NOW, NOW + timedelta(days=1))

    secrets = client_secrets.replaced(a_client_with(ending), ClientSecret(b"new", NOW), overlap=WEEK)

    assert secrets[1] == ending

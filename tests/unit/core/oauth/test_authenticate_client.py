from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.kernel.errors import TooMany
from doorward.core.limits.records import limit
from doorward.core.oauth.errors import ClientRefused, OAuthCode, OAuthError
from doorward.core.oauth.records import ClientAuthentication, ClientType
from tests.builders import CLIENT
from tests.house import House
from tests.unit.core.oauth.proving import WEB, added, basic, by_assertion, claims_at, is_refused, prove, signed


@pytest.mark.requirement("O-02", "T-01")
@pytest.mark.parametrize("way", [ClientAuthentication.SECRET_BASIC, ClientAuthentication.SECRET_POST])
def test_authenticate_secret_in_the_registered_way_is_proof(house: House, way: ClientAuthentication) -> None:
    secret = added(house, replace(WEB, authentication=way))
    header, form = basic(CLIENT, secret), {"client_id": CLIENT, "client_secret": secret}

    is_basic = way is ClientAuthentication.SECRET_BASIC
    client = prove(house, header, {}) if is_basic else prove(house, None, form)

    assert client.id == CLIENT
    assert is_refused(house, None, form) if is_basic else is_refused(house, header, {})


@pytest.mark.requirement("O-10")
def test_authenticate_public_client_is_named_and_presents_nothing_else(house: House) -> None:
    added(house, replace(WEB, type=ClientType.SPA))
    other = added(house, replace(WEB, id="other"))

    assert prove(house, None, {"client_id": CLIENT}).is_public
    assert is_refused(house, basic(CLIENT, ""), {})
    assert is_refused(house, basic(CLIENT, other), {})
    assert is_refused(house, None, {"client_id": CLIENT, "client_secret": other})
    assert is_refused(house, None, by_assertion(signed(claims_at(house.clock.now()))))


def test_authenticate_confidential_client_that_is_only_named_is_refused(house: House) -> None:
    added(house)

    assert is_refused(house, None, {"client_id": CLIENT})
    assert is_refused(house, basic(CLIENT, ""), {})


@pytest.mark.requirement("O-17")
def test_authenticate_wrong_secret_is_refused_in_the_way_it_came(house: House) -> None:
    added(house)
    other = added(house, replace(WEB, id="other"))

    with pytest.raises(ClientRefused) as by_header:
        prove(house, basic(CLIENT, other), {})
    with pytest.raises(ClientRefused) as in_body:
        prove(house, None, {"client_id": CLIENT, "client_secret": other})

    assert (by_header.value.by_header, in_body.value.by_header) == (True, False)
    assert by_header.value.error == OAuthCode.INVALID_CLIENT


def test_authenticate_unknown_client_reads_like_a_wrong_secret(house: House) -> None:
    secret = added(house)

    with pytest.raises(ClientRefused) as unknown:
        prove(house, basic("nobody", secret), {})
    with pytest.raises(ClientRefused) as wrong:
        prove(house, basic(CLIENT, "dws1_wrong"), {})

    assert str(unknown.value) == str(wrong.value)


def test_authenticate_forged_secret_costs_no_read(house: House) -> None:
    added(house)
    house.statements.clear()

    assert is_refused(house, basic(CLIENT, "dws1_aaaa_bbbb"), {})

    assert house.statements == []


def test_authenticate_two_secrets_live_until_the_older_ends(house: House) -> None:
    old = added(house)
    new = house.flows.clients.rotate_secret(CLIENT, overlap=timedelta(days=7)).secret or ""

    both = [prove(house, basic(CLIENT, each), {}).id for each in (old, new)]
    house.clock.pause(timedelta(days=7))

    assert both == [CLIENT, CLIENT]
    assert is_refused(house, basic(CLIENT, old), {})
    assert prove(house, basic(CLIENT, new), {}).id == CLIENT


def test_authenticate_disabled_client_is_refused(house: House) -> None:
    secret = added(house)
    added(house, replace(WEB, id="public", type=ClientType.SPA))
    for client_id in (CLIENT, "public"):
        house.flows.clients.set_enabled(client_id, enabled=False)

    assert is_refused(house, basic(CLIENT, secret), {})
    assert is_refused(house, None, {"client_id": "public"})


@pytest.mark.requirement("O-01")
def test_authenticate_two_good_proofs_at_once_are_refused(house: House) -> None:
    secret = added(house)

    with pytest.raises(OAuthError) as refused:
        prove(house, basic(CLIENT, secret), {"client_id": CLIENT, "client_secret": secret})

    assert refused.value.error == OAuthCode.INVALID_REQUEST


@pytest.mark.requirement("O-03")
def test_authenticate_guesses_are_limited_and_never_shut_the_client_out(house: House) -> None:
    secret = added(house)
    tries = limit("client_failures").amount

    refused = [is_refused(house, basic(CLIENT, f"guess{number}"), {}) for number in range(tries)]
    with pytest.raises(TooMany) as limited:
        prove(house, basic(CLIENT, "one more"), {})

    assert all(refused)
    assert limited.value.retry_after > timedelta(0)
    assert prove(house, basic(CLIENT, secret), {}).id == CLIENT
    assert is_refused_elsewhere(house)


def is_refused_elsewhere(house: House) -> bool:
    try:
        prove(house, basic(CLIENT, "guess"), {}, address="198.51.100.66")
    except ClientRefused:
        return True
    return False


@pytest.mark.requirement("O-03")
def test_authenticate_guesses_at_many_clients_from_one_network_are_limited(house: House) -> None:
    tries = limit("client_failures_network").amount

    refused = [is_refused(house, basic(f"client{number}", "guess"), {}) for number in range(tries)]
    with pytest.raises(TooMany):
        prove(house, "Basic !!", {})

    assert all(refused)

"""Clients and grants as JSON come back as they were, and what a newer program added does no harm."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.documents import read_client, read_grant, written_client, written_grant
from doorward.core.oauth.records import Client, ClientAuthentication, ClientSecret, ClientType, Grant, GrantType
from tests.builders import a_client, a_grant

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (as it asks)
SECRETS = st.builds(ClientSecret, st.binary(), MOMENTS, st.none() | MOMENTS)
CLIENTS = st.builds(
    Client,
    id=TEXTS.map(ClientId),
    name=TEXTS,
    type=st.sampled_from(ClientType),
    authentication=st.sampled_from(ClientAuthentication),
    created_at=MOMENTS,
    grants=st.lists(st.sampled_from(GrantType)).map(tuple),
    scopes=LISTS,
    resources=LISTS,
    audiences=st.none() | LISTS,
    redirect_uris=LISTS,
    post_logout_redirect_uris=LISTS,
    backchannel_logout_uri=st.none() | TEXTS,
    secrets=st.lists(SECRETS, max_size=2).map(tuple),
    jwks=st.none() | TEXTS,
    jwks_uri=st.none() | TEXTS,
    is_first_party=st.booleans(),
    is_pairwise=st.booleans(),
    sector=st.none() | TEXTS,
    requires_pushed_request=st.booleans(),
    requires_dpop=st.booleans(),
    uses_refresh_cookie=st.booleans(),
    id_token_algorithm=st.sampled_from(Algorithm),
    userinfo_algorithm=st.none() | st.sampled_from(Algorithm),
    contacts=LISTS,
    registration_digest=st.none() | st.binary(),
    disabled_at=st.none() | MOMENTS,
    version=st.integers(0, 2**31 - 1),
)
GRANTS = st.builds(
    Grant,
    session_id=TEXTS.map(SessionId),
    client_id=TEXTS.map(ClientId),
    account_id=TEXTS.map(AccountId),
    created_at=MOMENTS,
    expires_at=MOMENTS,
    resources=LISTS,
    is_offline=st.booleans(),
    code_digest=st.none() | st.binary(),
    redirect_uri=st.none() | TEXTS,
    challenge=st.none() | TEXTS,
    claims=st.none() | TEXTS,
    details=st.none() | TEXTS,
    key_thumbprint=st.none() | TEXTS,
    acr=st.none() | TEXTS,
    amr=st.lists(TEXTS).map(tuple),
)


@given(CLIENTS)
def test_written_client_is_read_as_it_was(client: Client) -> None:
    assert read_client(written_client(client)) == client


@given(CLIENTS, CLIENTS)
def test_written_client_over_another_is_read_as_it_was(client: Client, before: Client) -> None:
    assert read_client(written_client(client, over=written_client(before))) == client


@given(GRANTS)
def test_written_grant_is_read_as_it_was(grant: Grant) -> None:
    assert read_grant(written_grant(grant)) == grant


@given(CLIENTS)
def test_written_client_is_ascii_or_plain_unicode_without_a_null_byte(client: Client) -> None:
    assert "\x00" not in written_client(client)


def test_written_client_moment_of_another_zone_is_the_same_moment() -> None:
    elsewhere = datetime(2026, 1, 1, 5, 30, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    read = read_client(written_client(replace(a_client(), created_at=elsewhere)))

    assert read is not None
    assert read.created_at == datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)


def newer(**members: object) -> str:
    return json.dumps({**json.loads(written_client(a_client())), **members})


def test_read_client_member_of_a_newer_program_is_left_out() -> None:
    assert read_client(newer(requires_mutual_tls=True)) == a_client()


def test_written_client_over_a_newer_document_leaves_its_member_there() -> None:
    kept = newer(requires_mutual_tls=True, name="before")

    written = json.loads(written_client(a_client(), over=kept))

    assert (written["requires_mutual_tls"], written["name"]) == (True, "Reports")


def test_read_client_member_of_a_newer_secret_is_left_out() -> None:
    secret = {"digest": "/w==", "created_at": "2026-01-01T00:00:00Z", "expires_at": None, "label": "spare"}

    read = read_client(newer(secrets=[secret]))

    assert read is not None
    assert read.secrets == (ClientSecret(b"\xff", datetime(2026, 1, 1, tzinfo=UTC)),)


def test_read_client_member_that_an_older_program_did_not_write_is_as_by_default() -> None:
    older = json.loads(written_client(a_client()))
    del older["requires_dpop"], older["contacts"]

    assert read_client(json.dumps(older)) == a_client()


def test_read_client_grant_type_of_a_newer_program_is_left_out() -> None:
    read = read_client(newer(grants=["urn:openid:params:grant-type:ciba", "refresh_token"]))

    assert read == replace(a_client(), grants=(GrantType.REFRESH_TOKEN,))


@pytest.mark.parametrize(
    "member",
    [{"authentication": "tls_client_auth"}, {"type": "thing"}, {"id_token_algorithm": "ML-DSA-44"}],
    ids=min,
)
def test_read_client_that_only_a_newer_program_can_serve_is_none(member: dict[str, str]) -> None:
    assert read_client(newer(**member)) is None


def test_read_grant_member_of_a_newer_program_is_left_out() -> None:
    document = json.dumps({**json.loads(written_grant(a_grant())), "place": "somewhere"})

    assert read_grant(document) == a_grant()


def test_read_client_of_a_program_before_audiences_has_none_and_nobody_has_said_so() -> None:
    proven = replace(a_client(), authentication=ClientAuthentication.SECRET_BASIC, resources=("https://api.example",))
    before = json.loads(written_client(proven))
    del before["audiences"]

    read = read_client(json.dumps(before))

    assert read is not None
    assert (read.audiences, read.is_unsaid, read.answers_for("https://api.example")) == (None, True, False)

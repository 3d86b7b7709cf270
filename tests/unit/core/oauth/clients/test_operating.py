import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.access.records import OPERATOR
from doorward.core.audit.records import AuditKind, Entry
from doorward.core.kernel.errors import Conflict, Invalid, NotFound
from doorward.core.kernel.ids import AccountId, ClientId, SessionId, is_id, new_id
from doorward.core.oauth.clients.records import Registered, Wanted
from doorward.core.oauth.clients.records import Registering
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, Consent, Grant, GrantType
from doorward.core.sessions.records import EndReason, Kind
from tests.builders import CALLBACK, CLIENT, a_session
from tests.house import House
from tests.unit.core.oauth.keys import EC_KEY
from tests.unit.core.stale import StaleClients

WEB: Final = Wanted(name="Reports", type=ClientType.WEB, id=CLIENT, redirect_uris=(CALLBACK,))
ACTOR: Final = AccountId("o" * 26)


def entries(house: House) -> list[Entry]:
    with house.store.view() as work:
        return [entry for entry in work.audit.read() if entry.event.kind.startswith("client.")]


def found(house: House, client_id: str = CLIENT) -> Client:
    return house.flows.clients.show(client_id)


def granted(house: House, account_id: AccountId, client_id: ClientId = CLIENT) -> SessionId:
    """Return a session of the client, as an exchanged code starts it."""
    now = house.clock.now()
    session_id = SessionId(new_id(now))
    session = replace(a_session(kind=Kind.CLIENT, now=now), id=session_id, account_id=account_id, device_id=None)
    with house.store.work() as work:
        work.sessions.add(session)
        work.grants.add(Grant(session_id, client_id, account_id, now, session.expires_at))
    return session_id


def end_reason(house: House, session_id: SessionId) -> EndReason | None:
    with house.store.view() as work:
        session = work.sessions.by_id(session_id)
    return session.end_reason if session else None


def test_add_gives_an_id_and_a_secret_that_are_told_once(house: House) -> None:
    registered = house.flows.clients.add(replace(WEB, id=None))

    client = found(house, registered.client.id)
    assert client.id.startswith("dwc")
    assert is_id(client.id.removeprefix("dwc"))
    assert registered.secret is not None
    assert registered.secret not in repr(registered) + repr(client)
    assert [secret.expires_at for secret in client.secrets] == [None]


@pytest.mark.parametrize("kind", [ClientType.SPA, ClientType.NATIVE])
def test_add_public_client_has_no_secret(house: House, kind: ClientType) -> None:
    registered = house.flows.clients.add(replace(WEB, type=kind))

    assert (registered.secret, registered.client.secrets, registered.client.is_public) == (None, (), True)


def test_add_service_acts_for_itself_alone(house: House) -> None:
    registered = house.flows.clients.add(Wanted(name="Nightly", type=ClientType.SERVICE, scopes=("reports:read",)))

    assert registered.client.grants == (GrantType.CLIENT_CREDENTIALS,)
    assert registered.secret is not None


def test_add_client_with_keys_keeps_what_is_public_of_them(house: House) -> None:
    keys = json.dumps({"keys": [EC_KEY | {"note": "mine"}]})
    wanted = replace(WEB, authentication=ClientAuthentication.PRIVATE_KEY, jwks=keys)

    registered = house.flows.clients.add(wanted)

    assert registered.secret is None
    assert json.loads(found(house).jwks or "") == {"keys": [EC_KEY]}


def test_add_id_that_is_taken_is_refused(house: House) -> None:
    house.flows.clients.add(WEB)

    with pytest.raises(Invalid) as refused:
        house.flows.clients.add(replace(WEB, name="Evil"))

    assert refused.value.pointer == "/id"
    assert found(house).name == "Reports"


def test_add_what_no_client_may_be_is_refused_and_not_kept(house: House) -> None:
    with pytest.raises(Invalid):
        house.flows.clients.add(replace(WEB, redirect_uris=("http://app.example",)))

    assert house.flows.clients.list().items == ()
    assert entries(house) == []


def test_list_pages_in_the_order_of_ids(house: House) -> None:
    for name in ("ccc", "aaa", "bbb"):
        house.flows.clients.add(replace(WEB, id=name))

    first = house.flows.clients.list(size=2)
    rest = house.flows.clients.list(after=first.next_after, size=2)

    assert [client.id for client in (*first.items, *rest.items)] == ["aaa", "bbb", "ccc"]
    assert rest.next_after is None


def test_change_is_held_to_the_rules_of_a_new_client(house: House) -> None:
    house.flows.clients.add(WEB)

    with pytest.raises(Invalid):
        house.flows.clients.change(CLIENT, lambda client: replace(client, redirect_uris=("https://a@b/",)))
    changed = house.flows.clients.change(CLIENT, lambda client: replace(client, name="Papers"))

    assert changed == Registered(found(house))
    assert found(house).name == "Papers"
    assert found(house).redirect_uris == (CALLBACK,)


@pytest.mark.parametrize(
    "change",
    [
        lambda client: replace(client, id=ClientId("other")),
        lambda client: replace(client, type=ClientType.SPA, authentication=ClientAuthentication.NONE),
        lambda client: replace(client, secrets=()),
        lambda client: replace(client, version=7),
        lambda client: replace(client, registration_digest=b"x"),
        lambda client: replace(client, disabled_at=client.created_at),
    ],
    ids=["id", "type", "secrets", "version", "registration", "disabled"],
)
def test_change_what_is_fixed_is_refused(house: House, change: Callable[[Client], Client]) -> None:
    house.flows.clients.add(WEB)
    before = found(house)

    with pytest.raises(Invalid):
        house.flows.clients.change(CLIENT, change)

    assert found(house) == before


def test_change_nothing_writes_nothing(house: House) -> None:
    house.flows.clients.add(WEB)
    before = found(house)

    house.flows.clients.change(CLIENT, lambda client: client)

    assert found(house) == before
    assert len(entries(house)) == 1


def test_change_of_proof_takes_the_secret_away_and_gives_a_fresh_one(house: House) -> None:
    first = house.flows.clients.add(WEB)
    keys = json.dumps({"keys": [EC_KEY]})

    by_key = house.flows.clients.change(
        CLIENT, lambda client: replace(client, authentication=ClientAuthentication.PRIVATE_KEY, jwks=keys)
    )
    by_secret = house.flows.clients.change(
        CLIENT, lambda client: replace(client, authentication=ClientAuthentication.SECRET_POST, jwks=None)
    )

    assert (by_key.secret, by_key.client.secrets) == (None, ())
    assert by_secret.secret not in {None, first.secret}
    assert len(found(house).secrets) == 1


def test_rotate_secret_lets_two_live_and_the_older_end_after_a_week(house: House) -> None:
    house.flows.clients.add(WEB)

    rotated = house.flows.clients.rotate_secret(CLIENT)

    fresh, old = found(house).secrets
    assert rotated.secret is not None
    assert fresh.expires_at is None
    assert old.expires_at == house.clock.now() + timedelta(days=7)


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=91)])
def test_rotate_secret_with_an_odd_overlap_is_refused(house: House, overlap: timedelta) -> None:
    house.flows.clients.add(WEB)

    with pytest.raises(Invalid):
        house.flows.clients.rotate_secret(CLIENT, overlap=overlap)


def test_rotate_secret_of_a_public_client_is_refused(house: House) -> None:
    house.flows.clients.add(replace(WEB, type=ClientType.SPA))

    with pytest.raises(Invalid):
        house.flows.clients.rotate_secret(CLIENT)

    assert found(house).secrets == ()


def test_set_enabled_off_ends_every_session_of_the_client_and_no_other(house: House) -> None:
    account_id = house.account()
    own = house.sign_in()
    house.flows.clients.add(WEB)
    house.flows.clients.add(replace(WEB, id="other"))
    sessions = [granted(house, account_id) for _ in range(205)]
    foreign = granted(house, account_id, ClientId("other"))

    client = house.flows.clients.set_enabled(CLIENT, enabled=False)

    assert client.disabled_at == house.clock.now()
    assert {end_reason(house, each) for each in sessions} == {EndReason.CLIENT_DISABLED}
    assert end_reason(house, foreign) is None
    assert end_reason(house, own.session_id) is None


def test_set_enabled_off_again_goes_on_where_it_was_cut_short(house: House) -> None:
    account_id = house.account()
    house.flows.clients.add(WEB)
    house.flows.clients.set_enabled(CLIENT, enabled=False)
    left = granted(house, account_id)

    house.flows.clients.set_enabled(CLIENT, enabled=False)

    assert end_reason(house, left) is EndReason.CLIENT_DISABLED


def test_set_enabled_on_brings_no_session_back(house: House) -> None:
    account_id = house.account()
    house.flows.clients.add(WEB)
    session_id = granted(house, account_id)
    house.flows.clients.set_enabled(CLIENT, enabled=False)

    client = house.flows.clients.set_enabled(CLIENT, enabled=True)

    assert client.disabled_at is None
    assert end_reason(house, session_id) is EndReason.CLIENT_DISABLED


def test_remove_takes_sessions_grants_and_consents_along(house: House) -> None:
    account_id = house.account()
    house.flows.clients.add(WEB)
    session_id = granted(house, account_id)
    with house.store.work() as work:
        work.consents.put(Consent(account_id, CLIENT, "openid", house.clock.now()))

    house.flows.clients.remove(CLIENT)

    assert end_reason(house, session_id) is EndReason.CLIENT_DISABLED
    with house.store.view() as work:
        assert work.consents.of(account_id, CLIENT) is None
        assert work.grants.of_account(account_id) == ()
    with pytest.raises(NotFound):
        found(house)


@pytest.mark.parametrize("wanted", ["nobody", "", "a b", "\x00", "\ud800", "é", "x" * 2000], ids=ascii)
@pytest.mark.parametrize(
    "flow",
    [
        lambda house, wanted: house.flows.clients.show(wanted),
        lambda house, wanted: house.flows.clients.change(wanted, lambda client: client),
        lambda house, wanted: house.flows.clients.rotate_secret(wanted),
        lambda house, wanted: house.flows.clients.set_enabled(wanted, enabled=False),
        lambda house, wanted: house.flows.clients.remove(wanted),
    ],
    ids=["show", "change", "rotate_secret", "set_enabled", "remove"],
)
def test_flows_unknown_client_is_not_found(
    house: House, flow: Callable[[House, str], object], wanted: str
) -> None:
    with pytest.raises(NotFound):
        flow(house, wanted)


def test_flows_are_audited_with_who_did_it(house: House) -> None:
    house.flows.add_account("olga", "olga@mail.example", roles=(OPERATOR,))
    flows = house.flows.clients

    flows.add(WEB, actor_id=ACTOR)
    flows.change(CLIENT, lambda client: replace(client, name="Papers", scopes=("openid",)), actor_id=ACTOR)
    flows.rotate_secret(CLIENT, actor_id=ACTOR)
    flows.set_enabled(CLIENT, enabled=False, actor_id=ACTOR)
    flows.set_enabled(CLIENT, enabled=True, actor_id=ACTOR)
    flows.remove(CLIENT, actor_id=ACTOR)

    told = [(entry.event.kind, entry.event.actor_id, entry.event.detail["client"]) for entry in entries(house)]
    kinds = (
        AuditKind.CLIENT_ADDED,
        AuditKind.CLIENT_CHANGED,
        AuditKind.CLIENT_SECRET_ROTATED,
        AuditKind.CLIENT_DISABLED,
        AuditKind.CLIENT_ENABLED,
        AuditKind.CLIENT_DISABLED,
        AuditKind.CLIENT_REMOVED,
    )
    assert told == [(kind, ACTOR, CLIENT) for kind in kinds]
    assert entries(house)[1].event.detail["fields"] == "name,scopes"


def test_flows_change_that_comes_too_late_is_a_conflict_and_writes_nothing(house: House) -> None:
    house.flows.clients.add(WEB)
    before, told = found(house), entries(house)
    late = House(StaleClients(house.store), house.clock).flows.clients

    for act in (
        lambda: late.change(CLIENT, lambda client: replace(client, name="Papers")),
        lambda: late.rotate_secret(CLIENT),
        lambda: late.set_enabled(CLIENT, enabled=False),
        lambda: replace(late.register, registering=Registering.OPEN)(
            {"redirect_uris": [CALLBACK]}, initial_token=None
        ),
    ):
        with pytest.raises(Conflict):
            act()

    assert (found(house), entries(house)) == (before, told)

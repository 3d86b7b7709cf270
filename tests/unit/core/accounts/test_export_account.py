import json

import pytest

from doorward.core.audit.records import AuditKind, Event
from doorward.core.audit.rules import link
from doorward.core.kernel.errors import NotFound
from tests.builders import ACCOUNT
from tests.house import House


def test_export_account_writes_everything_as_one_document(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.set_role("margaret", "editor", granted=True)
    remembered = house.sign_in()
    house.account("adele")

    document = json.loads("".join(house.flows.export_account(account_id)))

    assert document["account"] == {
        "id": account_id,
        "username": "margaret",
        "email": "margaret@mail.example",
        "is_verified": True,
        "status": "active",
        "roles": ["editor"],
        "created_at": house.clock.now().isoformat(),
        "verified_at": house.clock.now().isoformat(),
        "updated_at": None,
    }
    assert [session["id"] for session in document["sessions"]] == [remembered.session_id]
    assert [event["event"] for event in document["events"]] == [
        "account.verified",
        "role.granted",
        "sign_in.succeeded",
        "account.exported",
    ]


def test_export_account_holds_no_secret(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in()
    with house.store.view() as view:
        kept = view.passwords.of(account_id)
    assert kept is not None

    document = "".join(house.flows.export_account(account_id))

    secrets = [kept.hash, remembered.refresh_token, remembered.access_token, f"{remembered.device_token}"]
    assert not any(secret in document for secret in secrets)


def test_export_account_long_history_comes_page_by_page(house: House) -> None:
    account_id = house.account("margaret")
    with house.store.work() as work:
        for _ in range(1500):
            event = Event(AuditKind.SIGN_IN_REFUSED, account_id=account_id)
            work.audit.append(link(work.audit.head(), event, house.clock.now()))
    before = len(house.statements)

    pieces = list(house.flows.export_account(account_id))

    assert len(json.loads("".join(pieces))["events"]) == 1502
    assert len(pieces) == 1504
    assert house.statements[before:].count("audit.read") == 3


def test_export_account_of_nobody_is_not_found_before_the_first_piece(house: House) -> None:
    with pytest.raises(NotFound):
        house.flows.export_account(ACCOUNT)

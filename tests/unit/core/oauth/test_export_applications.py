import json
from dataclasses import replace

from doorward.core.oauth.records import Consent
from doorward.core.oauth.start_session import StartClientSession
from doorward.core.sessions.records import EndReason
from tests.builders import CLIENT, SESSION, a_client, a_grant
from tests.house import House


def test_export_account_lists_connected_applications(house: House) -> None:
    account_id, now = house.account("margaret"), house.clock.now()
    browser = house.sign_in()
    grant = replace(a_grant(now=now), account_id=account_id)
    with house.store.work() as work:
        work.clients.add(a_client())
        work.consents.put(Consent(account_id, CLIENT, "openid profile", now))
        start = StartClientSession(house.tools.refresh_tokens)
        start(work, grant, a_client(), scope="openid", place="", granted_in=browser.session_id, now=now)

    document = json.loads("".join(house.flows.export_account(account_id)))

    assert document["applications"] == [
        {
            "client_id": "reports",
            "name": "Reports",
            "consent": {"scope": "openid profile", "granted_at": now.isoformat()},
            "grants": [
                {
                    "created_at": now.isoformat(),
                    "expires_at": grant.expires_at.isoformat(),
                    "is_live": True,
                    "scope": "openid",
                    "last_seen_at": now.isoformat(),
                    "resources": ["https://api.example"],
                    "is_offline": False,
                }
            ],
        }
    ]


def test_export_account_tells_of_what_is_over_and_of_clients_that_are_gone(house: House) -> None:
    account_id, now = house.account("margaret"), house.clock.now()
    with house.store.work() as work:
        work.grants.add(replace(a_grant(now=now), account_id=account_id))

    (entry,) = json.loads("".join(house.flows.export_account(account_id)))["applications"]

    assert (entry["name"], entry["consent"]) == (None, None)
    assert (entry["grants"][0]["is_live"], entry["grants"][0]["scope"]) == (False, None)


def test_export_account_of_somebody_else_and_secrets_are_not_in_it(house: House) -> None:
    account_id, now = house.account("margaret"), house.clock.now()
    other = house.account("adele")
    browser = house.sign_in()
    with house.store.work() as work:
        start = StartClientSession(house.tools.refresh_tokens)
        grant = replace(a_grant(now=now), account_id=account_id)
        found = start(work, grant, a_client(), scope="openid", place="", granted_in=browser.session_id, now=now)
        work.sessions.end(SESSION, at=now, reason=EndReason.SIGNED_OUT)
    assert found is not None

    document = "".join(house.flows.export_account(account_id))

    assert found[1] not in document
    assert "challenge" not in document
    assert json.loads("".join(house.flows.export_account(other)))["applications"] == []

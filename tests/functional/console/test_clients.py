"""Looking after clients and consents."""

from typing import Final

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.oauth.records import Client, Consent, GrantType
from tests.functional.console.acting import id_of
from tests.functional.console.test_accounts import links
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site

REPORTS = "/console/clients/reports"
TYPED = {
    "name": "Papers",
    "type": "web",
    "id": "papers",
    "redirect_uris": "https://p.example/a\r\n\r\nhttps://p.example/b",
}


def client(pages: Site, client_id: str) -> Client:
    return pages.house.flows.clients.show(client_id)


def done(pages: Site) -> list[tuple[str, str]]:
    olga = id_of(pages, "olga")
    with pages.house.store.view() as view:
        events = [entry.event for entry in view.audit.read()]
    return [(each.kind, each.detail.get("client", "")) for each in events if each.actor_id == olga]


def test_client_is_added_and_its_secret_shown_once(pages: Site, operator: Visitor) -> None:
    operator.open("/console/new-client").fill("client-form", **TYPED)

    secret, later = operator.paper.texts["secret"], operator.open("/console/clients/papers").answer.text
    added = client(pages, "papers")
    assert secret.startswith("dws1_")
    assert "dws1_" not in later
    assert (added.name, added.redirect_uris) == ("Papers", ("https://p.example/a", "https://p.example/b"))
    assert added.grants == (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN)
    assert done(pages) == [(AuditKind.CLIENT_ADDED, "papers")]


REFUSED: Final[tuple[tuple[dict[str, str], str], ...]] = (
    ({"name": ""}, "name"),
    ({"redirect_uris": "http://p.example"}, "redirect_uris"),
    ({"id": "reports"}, "id"),
    ({"id": "doorward-x"}, "id"),
    ({"type": "native", "grant_client_credentials": "yes"}, "grants"),
    ({"type": "made up"}, "type"),
    ({"authentication": "none"}, "authentication"),
    ({"scopes": "openid openid"}, "scopes"),
    ({"contacts": "\n".join("x" * 9 for _ in range(99))}, "contacts"),
    ({"jwks": "{}"}, "jwks"),
    ({"name": "a\x00b"}, "name"),
)


def test_client_that_may_not_be_is_refused_at_its_control(pages: Site, operator: Visitor) -> None:
    for typed, control in REFUSED:
        operator.open("/console/new-client").fill("client-form", **(TYPED | typed))
        assert operator.status == 422, typed
        assert f"{control}-error" in operator.paper.ids, typed
        assert operator.paper.forms["client-form"].fields["name"] == (TYPED | typed)["name"]
    assert [client.id for client in pages.house.flows.clients.list().items] == ["reports"]


def test_client_is_changed_and_what_was_not_touched_stays(pages: Site, operator: Visitor) -> None:
    before = client(pages, "reports")

    operator.open(f"{REPORTS}/change").fill("client-form", name="Papers")

    after = client(pages, "reports")
    assert operator.led_to == f"{REPORTS}?notice=changed"
    assert (after.name, after.redirect_uris, after.scopes) == ("Papers", before.redirect_uris, before.scopes)
    assert (after.grants, after.secrets) == (before.grants, before.secrets)
    assert done(pages) == [(AuditKind.CLIENT_CHANGED, "reports")]


def test_client_that_is_changed_to_what_it_is_changes_nothing(pages: Site, operator: Visitor) -> None:
    before = client(pages, "reports")

    operator.open(f"{REPORTS}/change").fill("client-form")

    assert client(pages, "reports") == before or client(pages, "reports").audiences == ()


def test_change_that_may_not_be_is_refused_on_the_form(pages: Site, operator: Visitor) -> None:
    before = client(pages, "reports")

    operator.open(f"{REPORTS}/change").fill("client-form", redirect_uris="http://evil.example", name="<b>")

    assert (operator.status, "redirect_uris-error" in operator.paper.ids) == (422, True)
    assert "<b>" not in operator.answer.text
    assert client(pages, "reports") == before


def test_change_to_a_secret_shows_it(pages: Site, operator: Visitor) -> None:
    operator.open("/console/new-client").fill(
        "client-form", **TYPED, authentication="private_key_jwt", jwks_uri="https://p.example/keys"
    )
    made = operator.status, "secret" in operator.paper.ids

    operator.open("/console/clients/papers/change").fill(
        "client-form", authentication="client_secret_basic", jwks_uri=""
    )

    assert made == (200, False)
    assert operator.paper.texts["secret"].startswith("dws1_")


@pytest.mark.parametrize("days", ["0", "7"])
def test_secret_is_rotated_and_the_old_one_goes_on_as_was_said(pages: Site, operator: Visitor, days: str) -> None:
    operator.open(f"{REPORTS}/rotate-secret").fill("ask-form", overlap=days)

    kept = client(pages, "reports").secrets
    assert operator.paper.texts["secret"].startswith("dws1_")
    assert [each.expires_at and (each.expires_at - pages.clock.now()).days for each in kept] == (
        [None, 7] if days == "7" else [None]
    )
    assert done(pages) == [(AuditKind.CLIENT_SECRET_ROTATED, "reports")]


def test_secret_is_rotated_once_when_the_answer_is_sent_twice(pages: Site, operator: Visitor) -> None:
    operator.open(f"{REPORTS}/rotate-secret")
    answer = operator.paper.forms["ask-form"].fields | {"overlap": "7"}
    before = client(pages, "reports").secrets[0].digest

    statuses = [operator.post(f"{REPORTS}/rotate-secret", answer).status for _ in range(2)]

    kept = client(pages, "reports").secrets
    assert statuses == [200, 409]
    assert "error-summary" in operator.paper.ids
    assert (len(kept), before in {each.digest for each in kept}) == (2, True)
    operator.fill("ask-form", overlap="7")
    assert (operator.status, len(done(pages))) == (200, 2)


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 400, "\u0663"])
def test_secret_is_not_rotated_for_a_version_that_nobody_saw(pages: Site, operator: Visitor, seen: str) -> None:
    answer = operator.open(f"{REPORTS}/rotate-secret").paper.forms["ask-form"].fields

    operator.post(f"{REPORTS}/rotate-secret", {**answer, "overlap": "7", "seen": seen})

    assert (operator.status, len(client(pages, "reports").secrets)) == (409, 1)


def test_secret_is_not_rotated_for_a_time_that_is_not_offered(pages: Site, operator: Visitor) -> None:
    operator.open(f"{REPORTS}/rotate-secret").fill("ask-form", overlap="9999")

    assert (operator.status, len(client(pages, "reports").secrets)) == (422, 1)


def test_secret_of_a_client_that_has_none_is_not_rotated(operator: Visitor) -> None:
    operator.open("/console/new-client").fill("client-form", **(TYPED | {"type": "spa"}))

    operator.open("/console/clients/papers/rotate-secret").fill("ask-form", overlap="7")

    assert (operator.status, "error-summary" in operator.paper.ids) == (422, True)


def test_client_is_disabled_enabled_and_removed(pages: Site, operator: Visitor) -> None:
    operator.open(f"{REPORTS}/disable").fill("ask-form").follow()
    disabled = client(pages, "reports").disabled_at is not None, "is-disabled" in operator.paper.ids
    operator.open(f"{REPORTS}/enable").fill("ask-form").follow()
    enabled = client(pages, "reports").disabled_at is None
    operator.open(f"{REPORTS}/remove").fill("ask-form")

    assert (disabled, enabled, operator.led_to) == ((True, True), True, "/console/clients?notice=removed")
    assert operator.open(REPORTS).status == 404
    kinds = (AuditKind.CLIENT_DISABLED, AuditKind.CLIENT_ENABLED, AuditKind.CLIENT_DISABLED, AuditKind.CLIENT_REMOVED)
    assert done(pages) == [(kind, "reports") for kind in kinds]


def test_clients_are_found_and_paged(pages: Site, operator: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.api.pages.console.clients.find._SIZE", 1)
    operator.open("/console/new-client").fill("client-form", **TYPED)

    first = links(operator.open("/console/clients"), "client-")
    rest = links(operator.open(links(operator, "pager-next")[0]), "client-")
    found = links(operator.open("/console/clients?q=A.EXAMPLE"), "client-")

    assert ([*first, *rest], found) == (["/console/clients/papers", REPORTS], [REPORTS])


def test_consents_are_shown_from_both_sides_and_taken_back(pages: Site, operator: Visitor) -> None:
    margaret = AccountId(id_of(pages, "margaret"))
    with pages.house.store.work() as work:
        work.consents.put(Consent(margaret, ClientId("reports"), "openid email", pages.clock.now()))

    of_account = links(operator.open("/console/consents?account=margaret@mail.example"), "revoke-")
    of_client = links(operator.open("/console/consents?client=reports"), "revoke-")
    operator.open(of_client[0]).fill("ask-form")
    led_to = operator.led_to

    assert (len(of_account), len(of_client)) == (1, 1)
    assert led_to == "/console/consents?client=reports&notice=revoked"
    assert "nothing" in operator.follow().paper.ids
    assert done(pages) == [(AuditKind.CONSENT_REVOKED, "")]


def test_consents_to_a_client_that_is_not_registered_lead_to_no_page_of_it(operator: Visitor) -> None:
    registered = operator.open("/console/consents?client=reports").paper.ids
    other = operator.open("/console/consents?client=doorward-docs").paper.ids

    assert operator.status == 200
    assert ("client-link" in registered, "client-link" in other) == (True, False)


def test_consents_of_nobody_ask_again(operator: Visitor) -> None:
    for query in ("account=nobody", "client=nobody", "client=a%20b", "account=%00", "client=%3Cb%3E"):
        operator.open(f"/console/consents?{query}")
        assert (operator.status, "error-summary" in operator.paper.ids) == (404, True), query

"""Somebody whom an application sends to sign in, and the store that tells what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import quote, urlencode

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.oauth.codes import Approved, approved_of
from doorward.core.oauth.records import Client, Consent
from doorward.core.onetime.records import OneTime, Purpose
from tests.authorizing import answered, asking
from tests.builders import CALLBACK, CLIENT, a_client
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site

AUTHORIZE: Final = "/oauth/authorize"
OTHER_CLIENT: Final = ClientId("payroll")
OTHER_CALLBACK: Final = "https://payroll.example/back"


@dataclass
class Guest(Visitor):
    """A visitor who comes from applications."""

    def ask(self, **changed: str | None) -> Self:
        """Follow an application's link to the authorization endpoint."""
        return self.arrive(f"{AUTHORIZE}?{urlencode(asking(**changed))}")

    def arrive(self, path: str) -> Self:
        """Open an address that stands on another site's page."""
        self.client.headers["sec-fetch-site"] = "cross-site"
        self.open(path)
        self.client.headers["sec-fetch-site"] = "same-origin"
        return self

    def send(self, fields: object, query: str = "") -> Self:
        """Be sent by a form of another site; cookies that are not for other sites' forms stay at home."""
        cookies, self.client.cookies = self.client.cookies, type(self.client.cookies)()
        headers = {"sec-fetch-site": "cross-site", "origin": "https://app.example"}
        self.answer = self.client.post(
            f"{AUTHORIZE}{query}",
            data=fields,  # type: ignore[arg-type]  # whatever a test sends
            headers=headers,
            follow_redirects=False,
        )
        self.client.cookies = cookies
        return self

    def follow_own(self) -> Self:
        """Go where answers lead as long as that is a page of ours."""
        while self.status == 303 and self.led_to.startswith("/"):
            self.follow()
        return self

    def consent(self, decision: str = "allow") -> Self:
        """Answer the question on the page."""
        return self.fill("consent-form", decision=decision)

    @property
    def told(self) -> dict[str, str]:
        """What the application is told; the answer must lead to it."""
        assert self.led_to.startswith((CALLBACK, OTHER_CALLBACK)), self.led_to
        return answered(self.led_to)

    @property
    def error(self) -> str:
        """The code on a page of refusal, which leads nowhere."""
        assert "location" not in self.answer.headers
        assert self.status == 400, self.status
        return self.paper.texts["error-code"]


def register(site: Site, client: Client | None = None) -> Client:
    """Register an application."""
    added = client or a_client()
    with site.house.store.work() as work:
        assert work.clients.add(added)
    return added


def another_client() -> Client:
    """Return a second application."""
    return replace(a_client(), id=OTHER_CLIENT, name="Payroll", redirect_uris=(OTHER_CALLBACK,))


def change(site: Site, **changed: object) -> None:
    """Change the registration of the application."""
    with site.house.store.work() as work:
        client = work.clients.by_id(CLIENT)
        assert client is not None
        assert work.clients.replace(replace(client, **changed), expected=client.version)  # type: ignore[arg-type]  # a test's own


def account_id(site: Site, name: str = "margaret") -> AccountId:
    """Return an account's id."""
    with site.house.store.view() as view:
        account = view.accounts.by_login(name)
    assert account is not None
    return account.id


def consent_of(site: Site, name: str = "margaret", client_id: ClientId = CLIENT) -> Consent | None:
    """Return what somebody allowed."""
    account = account_id(site, name)
    with site.house.store.view() as view:
        return view.consents.of(account, client_id)


def waiting(site: Site) -> int:
    """Return how many requests wait for people."""
    with site.house.store.view() as view:
        return view.onetimes.live(Purpose.SIGN_IN_REQUEST, now=site.clock.now())


def codes(site: Site) -> int:
    """Return how many codes could be exchanged."""
    with site.house.store.view() as view:
        return view.onetimes.live(Purpose.AUTHORIZATION_CODE, now=site.clock.now())


def artefact_of(site: Site, code: str) -> OneTime:
    """Return what is kept of a code."""
    opened = site.house.flows.requests.authorize.issue.codes.open(code)
    assert opened is not None
    with site.house.store.view() as view:
        found = view.onetimes.peek(Purpose.AUTHORIZATION_CODE, opened.digest, now=site.clock.now())
    assert found is not None
    return found


def approved(site: Site, code: str) -> Approved:
    """Return what a code stands for."""
    return approved_of(artefact_of(site, code))


def happened(site: Site, kind: AuditKind) -> int:
    """Return how often something was recorded."""
    with site.house.store.view() as view:
        return sum(entry.event.kind is kind for entry in view.audit.read())


def pushed(site: Site, **fields: str) -> str:
    """Push a request as the application does, and return the URI for it."""
    with site.house.store.view() as view:
        client = view.clients.by_id(CLIENT)
    assert client is not None
    values: Mapping[str, tuple[str, ...]] = {name: (value,) for name, value in fields.items()}
    return site.house.flows.requests.push(client, values).request_uri


def by_uri(uri: str, client_id: str = CLIENT) -> str:
    """Return the address that carries a reference."""
    return f"{AUTHORIZE}?client_id={client_id}&request_uri={quote(uri)}"

"""Who lets which application act for them, and taking that back as an operator."""

from dataclasses import dataclass
from typing import Protocol

from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.kernel.pages import Page
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.authorize.applications import Application, ListApplications, RevokeApplication
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.ports import HasClients, HasConsents
from doorward.core.oauth.records import Client, Consent
from doorward.core.operating.accounts import find


class ConsentsView(HasAccounts, HasClients, HasConsents, Protocol):
    """What is looked at."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A consent, and who gave it; None: their account is gone by now."""

    consent: Consent
    account: Account | None


@dataclass(frozen=True, slots=True)
class ConsentsOfClient:
    """Return a client and who allowed it what, page by page, in the order of the accounts' ids."""

    view: OpensView[ConsentsView]
    find: FindClient

    def __call__(self, client_id: str, *, after: str | None = None, size: int = 50) -> tuple[Client, Page[Allowed]]:
        """Return one page.

        Raises: NotFound, when there is no such client.
        """
        begin = None if after is None else AccountId(after)
        with self.view() as view:
            client = self.find.shown(view, ClientId(client_id)) if self.find.may_be(client_id) else None
            if client is None:
                raise NotFound
            found = view.consents.of_client(client.id, after=begin, limit=size + 1)
            items = tuple(Allowed(each, view.accounts.by_id(each.account_id)) for each in found[:size])
        return client, Page(items, items[-1].consent.account_id if len(found) > size else None)


@dataclass(frozen=True, slots=True)
class ConsentsOfAccount:
    """Return an account and what acts for it, the newest first."""

    view: OpensView[HasAccounts]
    applications: ListApplications

    def __call__(self, wanted: str) -> tuple[Account, tuple[Application, ...]]:
        """Read them, by id, username or address.

        Raises: NotFound.
        """
        with self.view() as view:
            account = find(view, wanted)
        return account, self.applications(account.id)


@dataclass(frozen=True, slots=True)
class RevokeConsent:
    """Take back what somebody allowed a client, on the word of an operator."""

    view: OpensView[HasAccounts]
    revoke: RevokeApplication

    def __call__(self, wanted: str, client_id: str, *, actor_id: AccountId) -> None:
        """Return when whatever the client holds for them is worthless.

        Raises: NotFound, also when the client does not act for them.
        """
        with self.view() as view:
            account = find(view, wanted)
        self.revoke(account.id, ClientId(client_id), actor_id=actor_id)

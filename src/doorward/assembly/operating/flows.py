"""The flows of operators, made."""

from collections.abc import Mapping
from typing import Protocol

from doorward.core.federation.identities import ListWaysIn, WaysWork
from doorward.core.federation.records import Provider
from doorward.core.flows import OperatorFlows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.oauth.authorize.applications import (
    ApplicationsView,
    ListApplications,
    RevokeApplication,
    RevokeWork,
)
from doorward.core.oauth.clients.find import FindClient
from doorward.core.operating.admit_operator import AdmitOperator
from doorward.core.operating.people.consents import ConsentsOfAccount, ConsentsOfClient, ConsentsView, RevokeConsent
from doorward.core.operating.people.end_sessions import EndSessionOf, EndSessionsOf
from doorward.core.operating.people.find_accounts import BrowseAccounts, FindAccounts, FindView, ListHolders
from doorward.core.operating.people.find_clients import FindClients
from doorward.core.operating.people.see_account import SeeAccount, SeeView
from doorward.core.operating.people.see_client import SeeClient
from doorward.core.sessions.end_sessions import EndAllSessions, EndSession
from doorward.core.sessions.tokens import PageTokens


class OperatorView(SeeView, FindView, ConsentsView, ApplicationsView, WaysWork, Protocol):
    """What these flows read."""


def operator_flows(
    work: OpensWork[RevokeWork],
    view: OpensView[OperatorView],
    clock: Clock,
    *,
    find: FindClient,
    pages: PageTokens,
    providers: Mapping[str, Provider],
) -> OperatorFlows:
    """Return the flows of what operators see and do."""
    applications, ways_in = ListApplications(view, find, clock), ListWaysIn(view, providers)
    return OperatorFlows(
        admit=AdmitOperator(pages, view, clock),
        browse_accounts=BrowseAccounts(view),
        find_accounts=FindAccounts(view),
        list_holders=ListHolders(view),
        see_account=SeeAccount(view, ways_in, applications, clock),
        end_session=EndSessionOf(view, EndSession(work, clock)),
        end_sessions=EndSessionsOf(view, EndAllSessions(work, clock)),
        find_clients=FindClients(view),
        see_client=SeeClient(view),
        consents_of_account=ConsentsOfAccount(view, applications),
        consents_of_client=ConsentsOfClient(view, find),
        revoke_consent=RevokeConsent(view, RevokeApplication(work, clock)),
    )

"""The flows of operators, made."""

from typing import Protocol

from doorward.core.federation.identities import ListWaysIn
from doorward.core.flows import OperatorFlows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.authorize.applications import ListApplications, RevokeApplication
from doorward.core.oauth.clients.find import FindClient
from doorward.core.operating.admit_operator import AdmitOperator
from doorward.core.operating.people.consents import ConsentsOfAccount, ConsentsOfClient, ConsentsView, RevokeConsent
from doorward.core.operating.people.end_sessions import EndSessionOf, EndSessionsOf
from doorward.core.operating.people.find_accounts import BrowseAccounts, FindAccounts, FindView, ListHolders
from doorward.core.operating.people.find_clients import FindClients
from doorward.core.operating.people.see_account import SeeAccount, SeeView
from doorward.core.sessions.end_sessions import EndAllSessions, EndSession
from doorward.core.sessions.tokens import PageTokens


class OperatorView(SeeView, FindView, ConsentsView, Protocol):
    """What these flows read."""


def operator_flows(
    view: OpensView[OperatorView],
    clock: Clock,
    *,
    applications: ListApplications,
    end_all_sessions: EndAllSessions,
    end_session: EndSession,
    find_client: FindClient,
    pages: PageTokens,
    revoke_application: RevokeApplication,
    ways_in: ListWaysIn,
) -> OperatorFlows:
    """Return the flows of what operators see and do."""
    return OperatorFlows(
        admit=AdmitOperator(pages, view, clock),
        browse_accounts=BrowseAccounts(view),
        find_accounts=FindAccounts(view),
        list_holders=ListHolders(view),
        see_account=SeeAccount(view, ways_in, applications, clock),
        end_session=EndSessionOf(view, end_session),
        end_sessions=EndSessionsOf(view, end_all_sessions),
        find_clients=FindClients(view),
        consents_of_account=ConsentsOfAccount(view, applications),
        consents_of_client=ConsentsOfClient(view, find_client),
        revoke_consent=RevokeConsent(view, revoke_application),
    )

"""Adapters become the flows of the authorization endpoint."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.secrets import Envelopes
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.ports import Signatures
from doorward.core.oauth.applications import ApplicationsView, ListApplications, RevokeApplication, RevokeWork
from doorward.core.oauth.authorize.answer_request import AnswerRequest, SeeRequest
from doorward.core.oauth.authorize.authorize import Authorize
from doorward.core.oauth.authorize.checks import Means
from doorward.core.oauth.authorize.issue_code import IssueCode, IssueWork
from doorward.core.oauth.authorize.keep_requests import KeptRequests
from doorward.core.oauth.authorize.push_request import PushRequest
from doorward.core.oauth.authorize.read_request import ReadRequest
from doorward.core.oauth.authorize.reply import Replies
from doorward.core.oauth.authorize.request_object import RequestObjects
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.codes import Codes
from doorward.core.oauth.subjects import Subjects
from doorward.core.onetime.mint import Mint


class AuthorizingWork(IssueWork, RevokeWork, ApplicationsView, Protocol):
    """What the flows of the authorization endpoint reach."""


@dataclass(frozen=True, slots=True)
class Authorizing:
    """The flows of the authorization endpoint, and of what people let applications do."""

    authorize: Authorize
    push_request: PushRequest
    see_request: SeeRequest
    answer_request: AnswerRequest
    list_applications: ListApplications
    revoke_application: RevokeApplication


def authorizing(
    work: OpensWork[AuthorizingWork],
    view: OpensView[AuthorizingWork],
    clock: Clock,
    *,
    find: FindClient,
    mint: Mint,
    envelopes: Envelopes,
    keyring: Keyring,
    signatures: Signatures,
    subjects: Subjects,
    details_types: Collection[str],
) -> Authorizing:
    """Return the flows."""
    requests, means = KeptRequests(mint), Means(keyring, details_types)
    read = ReadRequest(find, view, means, requests, RequestObjects(signatures, clock, keyring.issuer), clock)
    issue = IssueCode(find, Codes(envelopes), requests)
    authorize = Authorize(work, view, read, issue, requests, Replies(keyring.issuer), subjects, clock)
    return Authorizing(
        authorize=authorize,
        push_request=PushRequest(work, read, requests, means, clock),
        see_request=SeeRequest(authorize),
        answer_request=AnswerRequest(work, authorize, issue, clock),
        list_applications=ListApplications(view, find, clock),
        revoke_application=RevokeApplication(work, clock),
    )

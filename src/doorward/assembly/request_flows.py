"""Adapters become the flows that applications and devices ask people by."""

from typing import Protocol

from doorward.core.audit.tag_address import TagAddress
from doorward.core.flows import DeviceFlows, RequestFlows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.secrets import Envelopes
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.ports import Signatures
from doorward.core.limits.ports import RateCounters
from doorward.core.oauth.authorize.answer_request import AnswerRequest, SeeRequest
from doorward.core.oauth.authorize.applications import (
    ApplicationsView,
    ListApplications,
    RevokeApplication,
    RevokeWork,
)
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
from doorward.core.oauth.device.answer import AnswerDevice, OpenTicket, SeeDevice
from doorward.core.oauth.device.ask import AskForDevice
from doorward.core.oauth.device.codes import DeviceCodes, UserCodes
from doorward.core.oauth.device.enter_code import EnterCode
from doorward.core.oauth.device.find_waiting import FindWaiting
from doorward.core.oauth.device.tickets import Tickets
from doorward.core.oauth.subjects import Subjects
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes


class RequestWork(IssueWork, RevokeWork, Protocol):
    """What these flows write."""


class RequestView(ApplicationsView, HasOneTimes, Protocol):
    """What they read."""


def request_flows(
    work: OpensWork[RequestWork],
    view: OpensView[RequestView],
    clock: Clock,
    *,
    counters: RateCounters,
    envelopes: Envelopes,
    find: FindClient,
    issuer: str,
    means: Means,
    mint: Mint,
    signatures: Signatures,
    subjects: Subjects,
    tag_address: TagAddress,
    user_codes: UserCodes,
) -> RequestFlows:
    """Return the flows of what applications and devices ask people for, and of what people let them do."""
    requests, objects = KeptRequests(mint), RequestObjects(signatures, clock, issuer)
    read = ReadRequest(find, view, means, requests, objects, clock)
    issue = IssueCode(find, Codes(envelopes), requests)
    authorize = Authorize(work, view, read, issue, requests, Replies(issuer), subjects, clock)
    tickets, waiting = Tickets(envelopes), FindWaiting(view, find, user_codes, means, clock)
    opened = OpenTicket(waiting, tickets)
    return RequestFlows(
        authorize=authorize,
        push=PushRequest(work, read, requests, means, clock),
        see=SeeRequest(authorize),
        answer=AnswerRequest(work, authorize, issue, clock),
        list_applications=ListApplications(view, find, clock),
        revoke_application=RevokeApplication(work, clock),
        devices=DeviceFlows(
            ask=AskForDevice(work, DeviceCodes(envelopes), user_codes, means, tag_address, clock, issuer),
            enter=EnterCode(work, waiting, tickets, counters, clock),
            see=SeeDevice(opened, tag_address, clock),
            answer=AnswerDevice(work, opened, clock),
            tickets=tickets,
        ),
    )

"""Adapters become the flows of applications: what they call, what they and devices ask people, gateways."""

from collections.abc import Callable
from typing import Protocol

from doorward.core.audit.tag_address import TagAddress
from doorward.core.flows import BrowserFlows, ClientFlows, DeviceFlows, GatewayFlows, RequestFlows, TokenFlows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.outgoing import Web
from doorward.core.kernel.secrets import Envelopes, derive
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.ports import Signatures
from doorward.core.limits.ports import RateCounters
from doorward.core.oauth.authenticate_client import AuthenticateClient
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
from doorward.core.oauth.browser.admit import AdmitPage
from doorward.core.oauth.browser.end import EndKept
from doorward.core.oauth.browser.exchange import ExchangeForPage
from doorward.core.oauth.browser.refresh import RefreshForPage
from doorward.core.oauth.browser.sign_out import SignOutPage
from doorward.core.oauth.clients.add import AddClient
from doorward.core.oauth.clients.change import ChangeClient
from doorward.core.oauth.clients.client_secrets import ClientSecrets
from doorward.core.oauth.clients.end import RemoveClient, SetClientEnabled
from doorward.core.oauth.clients.find import FindClient, ListClients, ShowClient, UnsaidClients
from doorward.core.oauth.clients.origins import RegisteredOrigins
from doorward.core.oauth.clients.ports import ClientsWork
from doorward.core.oauth.clients.records import Registering
from doorward.core.oauth.clients.register import ManageRegistration, RegisterClient, RegistrationTokens
from doorward.core.oauth.clients.rotate_secret import RotateSecret
from doorward.core.oauth.codes import Codes
from doorward.core.oauth.device.answer import AnswerDevice, OpenTicket, SeeDevice
from doorward.core.oauth.device.ask import AskForDevice
from doorward.core.oauth.device.codes import DeviceCodes, UserCodes
from doorward.core.oauth.device.enter_code import EnterCode
from doorward.core.oauth.device.find_waiting import FindWaiting
from doorward.core.oauth.device.tickets import Tickets
from doorward.core.oauth.gateways.admit import AdmitPerson, AdmitToken
from doorward.core.oauth.gateways.enter import EnterHost, EntryWork
from doorward.core.oauth.gateways.host_tokens import HostTokens
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.core.oauth.gateways.returns import Returns
from doorward.core.oauth.grants.client_credentials import ClientCredentials
from doorward.core.oauth.grants.exchange_code import ExchangeCode, ExchangeWork
from doorward.core.oauth.grants.exchange_device_code import ExchangeDeviceCode
from doorward.core.oauth.grants.exchange_token import ExchangeToken
from doorward.core.oauth.grants.issue import IssueTokens
from doorward.core.oauth.grants.records import Asked, Issued
from doorward.core.oauth.grants.refresh import RefreshGrant
from doorward.core.oauth.grants.start_grant import StartGrant
from doorward.core.oauth.grants.token import Token
from doorward.core.oauth.logout.sign_out import ReadSignOut
from doorward.core.oauth.logout.tell_client import TellClient
from doorward.core.oauth.proofs.check_proof import CheckProof
from doorward.core.oauth.proofs.client_keys import ClientKeys
from doorward.core.oauth.proofs.nonces import Nonces
from doorward.core.oauth.records import GrantType
from doorward.core.oauth.start_session import StartClientSession
from doorward.core.oauth.subjects import Subjects
from doorward.core.oauth.tokens.introspect import Introspect
from doorward.core.oauth.tokens.ports import KnownClients
from doorward.core.oauth.tokens.revoke import Revoke
from doorward.core.oauth.tokens.userinfo import Userinfo
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.sessions.ports import Snapshots
from doorward.core.sessions.recognise import Recognise
from doorward.core.sessions.refresh import Refresh
from doorward.core.sessions.tokens import PageTokens


class TokenWork(ExchangeWork, Protocol):
    """What the flows of tokens reach."""


def token_flows(
    work: OpensWork[TokenWork],
    view: OpensView[TokenWork],
    clock: Clock,
    *,
    find: FindClient,
    codes: Codes,
    keyring: Keyring,
    nonces: Nonces,
    refresh: Refresh,
    signatures: Signatures,
    snapshots: Snapshots,
    subjects: Subjects,
    web: Web,
    known: KnownClients,
) -> tuple[TokenFlows, BrowserFlows]:
    """Return the flows, for those who hold their tokens themselves and for pages, whose browser does it for them."""
    issue = IssueTokens(keyring, subjects)
    check_proof = CheckProof(work, signatures, nonces, clock, keyring.issuer)
    start = StartGrant(find, StartClientSession(refresh.tokens))
    exchange, go_on = ExchangeCode(work, codes, start, issue), RefreshGrant(view, find, refresh, issue)
    grants: dict[GrantType, Callable[[Asked], Issued]] = {
        GrantType.AUTHORIZATION_CODE: exchange,
        GrantType.REFRESH_TOKEN: go_on,
        GrantType.CLIENT_CREDENTIALS: ClientCredentials(keyring),
        GrantType.DEVICE_CODE: ExchangeDeviceCode(work, DeviceCodes(codes.envelopes), start, issue),
        GrantType.TOKEN_EXCHANGE: ExchangeToken(view, find, keyring),
    }
    admit, end = AdmitPage(find, check_proof, clock), EndKept(work, refresh.tokens, clock)
    browser = BrowserFlows(ExchangeForPage(admit, exchange, end), RefreshForPage(admit, go_on), SignOutPage(admit, end))
    tokens = TokenFlows(
        give=Token(check_proof, grants, clock),
        introspect=Introspect(view, find, keyring, refresh.tokens, subjects, snapshots, known, clock),
        revoke=Revoke(work, keyring, refresh.tokens, clock),
        userinfo=Userinfo(view, find, keyring, check_proof, subjects, clock),
        tell_client=TellClient(find, keyring, subjects, web, clock),
        read_sign_out=ReadSignOut(view, find, keyring),
    )
    return tokens, browser


class ClientWork(ClientsWork, HasOneTimes, Protocol):
    """What the flows of clients reach."""


def client_flows(
    work: OpensWork[ClientWork],
    view: OpensView[ClientsWork],
    clock: Clock,
    *,
    counters: RateCounters,
    find: FindClient,
    issuer: str,
    keys: ClientKeys,
    registering: Registering,
    secrets: ClientSecrets,
    tokens: RegistrationTokens,
) -> ClientFlows:
    """Return the flows of clients."""
    set_enabled = SetClientEnabled(work, clock)
    change, remove = ChangeClient(work, secrets, clock), RemoveClient(work, set_enabled, clock)
    return ClientFlows(
        find=find,
        authenticate=AuthenticateClient(
            find=find, work=work, secrets=secrets, keys=keys, counters=counters, clock=clock, issuer=issuer
        ),
        add=AddClient(work, secrets, clock),
        list=ListClients(view),
        show=ShowClient(view),
        unsaid=UnsaidClients(view),
        change=change,
        rotate_secret=RotateSecret(work, secrets, clock),
        set_enabled=set_enabled,
        remove=remove,
        origins=RegisteredOrigins(view, find, clock),
        registration_tokens=tokens,
        register=RegisterClient(work, secrets, tokens, clock, registering),
        manage_registration=ManageRegistration(view, tokens, change, remove),
    )


class GatewayPolicy(Protocol):
    """What an operator chose about gateways."""

    @property
    def issuer(self) -> str:
        """The issuer."""

    @property
    def secret(self) -> bytes:
        """The deployment's own secret."""

    @property
    def protected_hosts(self) -> tuple[ProtectedHost, ...]:
        """The hosts that gateways guard."""


class GatewayTools(Protocol):
    """What the flows are made with."""

    @property
    def envelopes(self) -> Envelopes:
        """The envelopes of opaque secrets."""

    @property
    def page_tokens(self) -> PageTokens:
        """The tokens by which our own pages know a session."""

    @property
    def keyring(self) -> Keyring:
        """The keys in use."""

    @property
    def find_client(self) -> FindClient:
        """Finds clients."""

    @property
    def known_clients(self) -> KnownClients:
        """Knows clients from memory."""


def gateway_flows(
    work: OpensWork[EntryWork], policy: GatewayPolicy, made: GatewayTools, *, clock: Clock, snapshots: Snapshots
) -> GatewayFlows:
    """Return the flows of the hosts behind gateways."""
    tokens, codes, issuer = HostTokens(made.envelopes), Codes(made.envelopes), policy.issuer
    hosts = {host.origin: host for host in policy.protected_hosts}
    recognise = Recognise(made.keyring, made.page_tokens, snapshots, clock)
    return GatewayFlows(
        hosts=hosts,
        admit_person=AdmitPerson(recognise, tokens, issuer, clock),
        admit_token=AdmitToken(made.keyring, snapshots, made.known_clients, clock),
        returns=Returns(derive(policy.secret, "ways back to hosts"), issuer, hosts),
        enter=EnterHost(work, made.find_client, codes, tokens, issuer, clock),
    )


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
    keys: ClientKeys,
    means: Means,
    mint: Mint,
    subjects: Subjects,
    tag_address: TagAddress,
    user_codes: UserCodes,
) -> RequestFlows:
    """Return the flows of what applications and devices ask people for, and of what people let them do."""
    requests, objects = KeptRequests(mint), RequestObjects(keys, clock, issuer)
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

"""Adapters become flows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from doorward.adapters.snapshots.clients import CachedClients
from doorward.assembly.keeping.exports import exports_of
from doorward.assembly.keeping.flows import Keeping, file_flows
from doorward.assembly.oauth_flows import client_flows, gateway_flows, request_flows, token_flows
from doorward.assembly.operating.flows import operator_flows
from doorward.assembly.operating.overview import overview_flows
from doorward.core.access.ports import HasRoles
from doorward.core.accounts.answer_claim import AnswerClaim
from doorward.core.accounts.change_profile import ChangeProfile
from doorward.core.accounts.close_account import CloseAccount
from doorward.core.accounts.export_account import ExportAccount
from doorward.core.accounts.ports import HasAccounts, HasClaims
from doorward.core.accounts.records import Registration
from doorward.core.accounts.register import Register
from doorward.core.accounts.resend_verification import ResendVerification
from doorward.core.accounts.verify_email import VerifyEmail
from doorward.core.audit.forget_addresses import ForgetAddresses
from doorward.core.audit.ports import HasAddressKeys, HasAuditLog
from doorward.core.audit.tag_address import TagAddress
from doorward.core.audit.verify_chain import VerifyChain
from doorward.core.credentials.choose import ChoosePassword
from doorward.core.credentials.ports import HasPasswords, KnownPasswords, PasswordHasher
from doorward.core.credentials.rules import MINIMUM_CHARACTERS
from doorward.core.federation.begin import BeginSignInWith, Derives
from doorward.core.federation.finish import FinishSignIn
from doorward.core.federation.identities import ListWaysIn, NameConnected, UnlinkIdentity
from doorward.core.federation.ports import HasIdentities
from doorward.core.federation.records import Provider
from doorward.core.federation.rules import acrs_of
from doorward.core.federation.settle import Settle
from doorward.core.federation.sign_in_with import SignInWith
from doorward.core.federation.upstream import Upstream
from doorward.core.files.ports import HasFiles
from doorward.core.flows import (
    BrowserFlows,
    ClientFlows,
    Flows,
    OperatorFlows,
    ProviderFlows,
    RequestFlows,
    TokenFlows,
)
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.outgoing import Documents, Web
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.secrets import Envelopes, derive
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.keyring import REREAD_AFTER, Keyring
from doorward.core.keys.ports import HasSigningKeys, Signatures
from doorward.core.keys.rotate import RotateKeys
from doorward.core.limits.ports import RateCounters
from doorward.core.login.arriving.vouched import SignInVouched
from doorward.core.login.arriving.welcome import Welcome
from doorward.core.login.change_password import ChangePassword
from doorward.core.login.explain_refusal import ExplainRefusal
from doorward.core.login.guard import Guard
from doorward.core.login.log_in import LogIn
from doorward.core.login.ports import HasAttempts, HasDevices
from doorward.core.login.reset_password import ForgotPassword, MailReset, ResetPassword
from doorward.core.login.sign_in_again import SignInAgain
from doorward.core.login.unlock import Unlock
from doorward.core.oauth.authorize.checks import Means
from doorward.core.oauth.clients.built_in import built_in_clients
from doorward.core.oauth.clients.client_secrets import ClientSecrets
from doorward.core.oauth.clients.document import DescribedClients
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.clients.records import Registering
from doorward.core.oauth.clients.register import RegistrationTokens
from doorward.core.oauth.codes import Codes
from doorward.core.oauth.device.codes import UserCodes
from doorward.core.oauth.gateways.clients import guarded_clients
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.core.oauth.ports import HasClients, HasConsents, HasGrants
from doorward.core.oauth.proofs.client_keys import ClientKeys
from doorward.core.oauth.proofs.nonces import Nonces
from doorward.core.oauth.subjects import Subjects
from doorward.core.oauth.tokens.ports import KnownClients
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.see_link import SeeLink
from doorward.core.operating.accounts import AddAccount, ListAccounts, SetEnabled, SetRole, ShowAccount
from doorward.core.operating.erase_closed import EraseClosed
from doorward.core.operating.first_operator import CreateFirstOperator, InviteFirstOperator, LacksOperator
from doorward.core.operating.jobs import ListJobs, RetryJobs, ShowJob
from doorward.core.operating.remove_expired import RemoveExpired
from doorward.core.operating.tell_revoked import TellRevoked
from doorward.core.operating.unlock_account import UnlockAccount
from doorward.core.outbox.ports import HasOutbox, Letters, Mailer
from doorward.core.outbox.post import Post
from doorward.core.outbox.send_letter import SendLetter
from doorward.core.sessions.end_sessions import EndAllSessions, EndByRefreshToken, EndSession
from doorward.core.sessions.issue import Issue
from doorward.core.sessions.list_sessions import ListSessions
from doorward.core.sessions.outages import Outages
from doorward.core.sessions.ports import HasSessions, Rotates, Snapshots
from doorward.core.sessions.recognise import Recognise
from doorward.core.sessions.refresh import Refresh, RefreshTogether
from doorward.core.sessions.start import StartSession
from doorward.core.sessions.tokens import DeviceTokens, PageTokens, RefreshTokens


class Work(
    HasAccounts,
    HasClaims,
    HasPasswords,
    HasRoles,
    HasSessions,
    HasDevices,
    HasAttempts,
    HasOneTimes,
    HasOutbox,
    HasAuditLog,
    HasAddressKeys,
    HasSigningKeys,
    HasClients,
    HasGrants,
    HasConsents,
    HasIdentities,
    HasFiles,
    Protocol,
):
    """A unit of work that reaches everything: what a store must offer."""


@dataclass(frozen=True, slots=True)
class Adapters:
    """Everything outside that the flows need."""

    work: OpensWork[Work]
    view: OpensView[Work]
    rotate: Rotates
    clock: Clock
    hasher: PasswordHasher
    known: KnownPasswords
    signatures: Signatures
    sealer: Sealer
    counters: RateCounters
    letters: Letters
    mailer: Mailer
    snapshots: Snapshots
    web: Web
    documents: Documents
    keeping: Keeping


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator chose that the flows must know.

    `secret` is the deployment's own, at least 32 bytes; what was closed with one of `previous_secrets` still opens.
    Pairwise subjects are made with `pairwise_secret` for good: the first secret of all, or `secret` where it is None.
    """

    issuer: str
    secret: bytes
    registration: Registration = Registration.SEED
    password_minimum: int = MINIMUM_CHARACTERS
    brand_name: str = "Doorward"
    previous_secrets: tuple[bytes, ...] = ()
    pairwise_secret: bytes | None = None
    cache_bound: timedelta = REREAD_AFTER
    registering: Registering = Registering.CLOSED
    takes_client_documents: bool = False
    details_types: tuple[str, ...] = ()
    providers: tuple[Provider, ...] = ()
    protected_hosts: tuple[ProtectedHost, ...] = ()
    is_development: bool = False

    def __repr__(self) -> str:
        return f"Policy(issuer={self.issuer!r})"


@dataclass(frozen=True, slots=True)
class Tools:
    """What several flows are made with."""

    envelopes: Envelopes
    mint: Mint
    post: Post
    choose: ChoosePassword
    refresh_tokens: RefreshTokens
    device_tokens: DeviceTokens
    page_tokens: PageTokens
    guard: Guard
    keyring: Keyring
    tag_address: TagAddress
    outages: Outages
    subjects: Subjects
    nonces: Nonces
    client_secrets: ClientSecrets
    registration_tokens: RegistrationTokens
    find_client: FindClient
    known_clients: KnownClients


def tools(adapters: Adapters, policy: Policy) -> Tools:
    """Return the tools; every key is derived from the deployment's secret for one purpose alone."""
    current, *previous = (derive(secret, "envelopes") for secret in (policy.secret, *policy.previous_secrets))
    envelopes, find_client = Envelopes(current, tuple(previous)), _find_client(adapters, policy)
    return Tools(
        envelopes=envelopes,
        mint=Mint(envelopes, derive(policy.secret, "mailed codes")),
        post=Post(adapters.sealer),
        choose=ChoosePassword(adapters.hasher, adapters.known, policy.password_minimum, policy.brand_name),
        refresh_tokens=RefreshTokens(envelopes, adapters.sealer),
        device_tokens=DeviceTokens(envelopes),
        page_tokens=PageTokens(envelopes),
        guard=Guard(adapters.clock, derive(policy.secret, "unknown names")),
        keyring=Keyring(
            adapters.view, adapters.signatures, adapters.sealer, adapters.clock, policy.issuer, policy.cache_bound
        ),
        tag_address=TagAddress(adapters.work, adapters.sealer, adapters.clock),
        outages=Outages(adapters.clock),
        subjects=Subjects(derive(policy.pairwise_secret or policy.secret, "pairwise subjects")),
        nonces=Nonces(derive(policy.secret, "nonces of proofs")),
        client_secrets=ClientSecrets(envelopes),
        registration_tokens=RegistrationTokens(envelopes),
        find_client=find_client,
        known_clients=CachedClients(find_client, adapters.clock, policy.cache_bound),
    )


def _find_client(adapters: Adapters, policy: Policy) -> FindClient:
    documents = DescribedClients(adapters.documents) if policy.takes_client_documents else None
    guarded = guarded_clients(policy.protected_hosts, policy.issuer)
    return FindClient(adapters.view, {**built_in_clients(policy.issuer), **guarded}, documents)


def flows(adapters: Adapters, policy: Policy, made: Tools) -> Flows:
    """Return every flow, made of these adapters."""
    work, view, clock, counters = adapters.work, adapters.view, adapters.clock, adapters.counters
    mint, post, choose, issue = made.mint, made.post, made.choose, Issue(made.keyring)
    end_session, refresh = EndSession(work, clock), _refresh(adapters, made, issue)
    tokens, browser = _token_flows(adapters, made, refresh)
    log_in = _log_in(adapters, made, issue)
    return Flows(
        register=Register(work, choose, post, made.tag_address, clock, policy.registration),
        resend_verification=ResendVerification(work, post, clock),
        verify_email=VerifyEmail(work, mint, post, clock),
        change_profile=ChangeProfile(work, mint, post, counters, clock),
        export_account=ExportAccount(work, view, clock, exports_of(view)),
        close_account=CloseAccount(work, post, clock),
        log_in=log_in,
        sign_in_again=SignInAgain(log_in, end_session),
        see_link=SeeLink(view, mint, clock),
        unlock=Unlock(work, mint, made.device_tokens, clock),
        forgot_password=ForgotPassword(work, post, clock),
        reset_password=ResetPassword(work, view, mint, choose, made.device_tokens, _named(view, policy), post, clock),
        change_password=ChangePassword(work, adapters.hasher, choose, made.guard, _named(view, policy), post, clock),
        providers=provider_flows(adapters, policy, made, vouched=SignInVouched(log_in.welcome, issue)),
        recognise=Recognise(made.keyring, made.page_tokens, adapters.snapshots, clock),
        refresh=refresh,
        list_sessions=ListSessions(view, clock),
        end_session=end_session,
        end_all_sessions=EndAllSessions(work, clock),
        end_by_refresh_token=EndByRefreshToken(work, made.refresh_tokens, clock),
        tell_revoked=TellRevoked(work, view, made.keyring, made.subjects, made.find_client, clock),
        clients=_client_flows(adapters, policy, made),
        requests=_request_flows(adapters, policy, made),
        tokens=tokens,
        browser=browser,
        gateways=gateway_flows(work, policy, made, clock=clock, snapshots=adapters.snapshots),
        files=file_flows(work, view, clock, keeping=adapters.keeping, envelopes=made.envelopes),
        operators=_operator_flows(adapters, policy, made),
        invite_first_operator=InviteFirstOperator(work, mint, clock),
        create_first_operator=CreateFirstOperator(work, view, mint, choose, clock),
        lacks_operator=LacksOperator(view),
        add_account=AddAccount(work, mint, choose, clock),
        list_accounts=ListAccounts(view),
        show_account=ShowAccount(view),
        set_enabled=SetEnabled(work, clock),
        set_role=SetRole(work, clock),
        unlock_account=UnlockAccount(work, clock),
        verify_chain=VerifyChain(work, view),
        overview=overview_flows(work, view, clock, adapters.sealer),
        keyring=made.keyring,
        rotate_keys=RotateKeys(work, adapters.signatures, adapters.sealer, clock, made.keyring),
        list_jobs=ListJobs(view),
        show_job=ShowJob(view, post),
        retry_jobs=RetryJobs(work, view, clock),
        answer_claim=AnswerClaim(work, mint, post, counters, clock),
        mail_reset=MailReset(work, mint, post, counters, clock),
        explain_refusal=ExplainRefusal(work, mint, post, clock),
        send_letter=SendLetter(adapters.letters, adapters.mailer, clock),
        forget_addresses=ForgetAddresses(work, clock),
        erase_closed=EraseClosed(work, view, clock),
        remove_expired=RemoveExpired(work, clock),
    )


def _named(view: OpensView[HasIdentities], policy: Policy) -> NameConnected:
    return NameConnected(view, {provider.id: provider for provider in policy.providers})


def _log_in(adapters: Adapters, made: Tools, issue: Issue) -> LogIn:
    return LogIn(
        work=adapters.work,
        hasher=adapters.hasher,
        guard=made.guard,
        welcome=Welcome(StartSession(made.refresh_tokens), made.device_tokens, made.post),
        devices=made.device_tokens,
        issue=issue,
        post=made.post,
        tag_address=made.tag_address,
        clock=adapters.clock,
    )


def _client_flows(adapters: Adapters, policy: Policy, made: Tools) -> ClientFlows:
    return client_flows(
        adapters.work,
        adapters.view,
        adapters.clock,
        counters=adapters.counters,
        find=made.find_client,
        issuer=policy.issuer,
        keys=ClientKeys(adapters.signatures, adapters.documents),
        registering=policy.registering,
        secrets=made.client_secrets,
        tokens=made.registration_tokens,
    )


def _token_flows(adapters: Adapters, made: Tools, refresh: Refresh) -> tuple[TokenFlows, BrowserFlows]:
    return token_flows(
        adapters.work,
        adapters.view,
        adapters.clock,
        find=made.find_client,
        codes=Codes(made.envelopes),
        keyring=made.keyring,
        nonces=made.nonces,
        refresh=refresh,
        signatures=adapters.signatures,
        snapshots=adapters.snapshots,
        subjects=made.subjects,
        web=adapters.web,
        known=made.known_clients,
    )


def _request_flows(adapters: Adapters, policy: Policy, made: Tools) -> RequestFlows:
    return request_flows(
        adapters.work,
        adapters.view,
        adapters.clock,
        counters=adapters.counters,
        envelopes=made.envelopes,
        find=made.find_client,
        issuer=policy.issuer,
        keys=ClientKeys(adapters.signatures, adapters.documents),
        means=Means(made.keyring, acrs_of(policy.providers), policy.details_types),
        mint=made.mint,
        subjects=made.subjects,
        tag_address=made.tag_address,
        user_codes=UserCodes(derive(policy.secret, "user codes")),
    )


def _operator_flows(adapters: Adapters, policy: Policy, made: Tools) -> OperatorFlows:
    providers = {provider.id: provider for provider in policy.providers}
    find, pages = made.find_client, made.page_tokens
    return operator_flows(adapters.work, adapters.view, adapters.clock, find=find, pages=pages, providers=providers)


def provider_flows(adapters: Adapters, policy: Policy, made: Tools, *, vouched: SignInVouched) -> ProviderFlows:
    """Return the flows of other providers."""
    work, view, clock = adapters.work, adapters.view, adapters.clock
    begin = BeginSignInWith(
        work=work,
        upstream=Upstream(
            adapters.web, adapters.documents, adapters.signatures, clock, is_development=policy.is_development
        ),
        providers={provider.id: provider for provider in policy.providers},
        mint=made.mint,
        derives=Derives(derive(policy.secret, "sign-in with")),
        devices=made.device_tokens,
        issuer=policy.issuer,
        clock=clock,
    )
    settle = Settle(vouched, made.mint, made.post, adapters.counters)
    return ProviderFlows(
        begin=begin,
        come_back=SignInWith(work, view, begin, settle, made.tag_address, clock),
        finish=FinishSignIn(work, view, begin, settle, made.mint, made.tag_address, clock),
        ways_in=ListWaysIn(view, begin.providers),
        unlink=UnlinkIdentity(work, begin.providers, made.post, clock),
    )


def _refresh(adapters: Adapters, made: Tools, issue: Issue) -> Refresh:
    tokens, devices, clock, outages = made.refresh_tokens, made.device_tokens, adapters.clock, made.outages
    together = RefreshTogether(adapters.rotate, tokens, devices, issue, clock, outages)
    return Refresh(together, adapters.work, tokens, devices, issue, made.post, clock, outages)

"""Adapters become flows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

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
from doorward.core.flows import Flows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.secrets import Envelopes, derive
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.keyring import REREAD_AFTER, Keyring
from doorward.core.keys.ports import HasSigningKeys, Signatures
from doorward.core.keys.rotate import RotateKeys
from doorward.core.limits.ports import RateCounters
from doorward.core.login.change_password import ChangePassword
from doorward.core.login.explain_refusal import ExplainRefusal
from doorward.core.login.guard import Guard
from doorward.core.login.log_in import LogIn
from doorward.core.login.ports import HasAttempts, HasDevices
from doorward.core.login.reset_password import ForgotPassword, MailReset, ResetPassword
from doorward.core.login.sign_in_again import SignInAgain
from doorward.core.login.unlock import Unlock
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.see_link import SeeLink
from doorward.core.operating.accounts import AddAccount, ListAccounts, SetEnabled, SetRole, ShowAccount
from doorward.core.operating.erase_closed import EraseClosed
from doorward.core.operating.first_operator import CreateFirstOperator, InviteFirstOperator, LacksOperator
from doorward.core.operating.jobs import ListJobs, RetryJobs, ShowJob
from doorward.core.operating.remove_expired import RemoveExpired
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


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator chose that the flows must know.

    `secret` is the deployment's own, at least 32 bytes; what was closed with one of `previous_secrets` still opens.
    """

    issuer: str
    secret: bytes
    registration: Registration = Registration.SEED
    password_minimum: int = MINIMUM_CHARACTERS
    brand_name: str = "Doorward"
    previous_secrets: tuple[bytes, ...] = ()
    cache_bound: timedelta = REREAD_AFTER

    def __repr__(self) -> str:
        return f"Policy(issuer={self.issuer!r})"


@dataclass(frozen=True, slots=True)
class Tools:
    """What several flows are made with."""

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


def tools(adapters: Adapters, policy: Policy) -> Tools:
    """Return the tools; every key is derived from the deployment's secret for one purpose alone."""
    current, *previous = (derive(secret, "envelopes") for secret in (policy.secret, *policy.previous_secrets))
    envelopes = Envelopes(current, tuple(previous))
    return Tools(
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
    )


def flows(adapters: Adapters, policy: Policy, made: Tools) -> Flows:
    """Return every flow, made of these adapters."""
    work, view, clock = adapters.work, adapters.view, adapters.clock
    mint, post, choose, counters = made.mint, made.post, made.choose, adapters.counters
    issue = Issue(made.keyring)
    end_session = EndSession(work, clock)
    log_in = LogIn(
        work=work,
        hasher=adapters.hasher,
        guard=made.guard,
        start=StartSession(made.refresh_tokens),
        devices=made.device_tokens,
        issue=issue,
        post=post,
        tag_address=made.tag_address,
        clock=clock,
    )
    return Flows(
        register=Register(work, choose, post, made.tag_address, clock, policy.registration),
        resend_verification=ResendVerification(work, post, clock),
        verify_email=VerifyEmail(work, mint, post, clock),
        change_profile=ChangeProfile(work, mint, post, counters, clock),
        export_account=ExportAccount(work, view, clock),
        close_account=CloseAccount(work, post, clock),
        log_in=log_in,
        sign_in_again=SignInAgain(log_in, end_session),
        see_link=SeeLink(view, mint, clock),
        unlock=Unlock(work, mint, made.device_tokens, clock),
        forgot_password=ForgotPassword(work, post, clock),
        reset_password=ResetPassword(work, view, mint, choose, made.device_tokens, post, clock),
        change_password=ChangePassword(work, adapters.hasher, choose, made.guard, post, clock),
        recognise=Recognise(made.keyring, made.page_tokens, adapters.snapshots, clock),
        refresh=_refresh(adapters, made, issue),
        list_sessions=ListSessions(view, clock),
        end_session=end_session,
        end_all_sessions=EndAllSessions(work, clock),
        end_by_refresh_token=EndByRefreshToken(work, made.refresh_tokens, clock),
        invite_first_operator=InviteFirstOperator(work, mint, clock),
        create_first_operator=CreateFirstOperator(work, view, mint, choose, clock),
        lacks_operator=LacksOperator(view),
        add_account=AddAccount(work, mint, choose, clock),
        list_accounts=ListAccounts(view),
        show_account=ShowAccount(view),
        set_enabled=SetEnabled(work, clock),
        set_role=SetRole(work, clock),
        unlock_account=UnlockAccount(work, clock),
        verify_chain=VerifyChain(view),
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
        erase_closed=EraseClosed(work, clock),
        remove_expired=RemoveExpired(work, clock),
    )


def _refresh(adapters: Adapters, made: Tools, issue: Issue) -> Refresh:
    tokens, devices, clock, outages = made.refresh_tokens, made.device_tokens, adapters.clock, made.outages
    together = RefreshTogether(adapters.rotate, tokens, devices, issue, clock, outages)
    return Refresh(together, adapters.work, tokens, devices, issue, made.post, clock, outages)

"""The table of contents: everything that Doorward does."""

from collections.abc import Mapping
from dataclasses import dataclass

from doorward.core.accounts.answer_claim import AnswerClaim
from doorward.core.accounts.change_profile import ChangeProfile
from doorward.core.accounts.close_account import CloseAccount
from doorward.core.accounts.export_account import ExportAccount
from doorward.core.accounts.register import Register
from doorward.core.accounts.resend_verification import ResendVerification
from doorward.core.accounts.verify_email import VerifyEmail
from doorward.core.audit.export_log import ExportLog
from doorward.core.audit.forget_addresses import ForgetAddresses
from doorward.core.audit.look_up_address import LookUpAddress
from doorward.core.audit.search_log import SearchLog
from doorward.core.audit.verify_chain import VerifyChain
from doorward.core.federation.begin import BeginSignInWith
from doorward.core.federation.finish import FinishSignIn
from doorward.core.federation.identities import ListWaysIn, UnlinkIdentity
from doorward.core.federation.sign_in_with import SignInWith
from doorward.core.files.append_to_upload import AppendToUpload
from doorward.core.files.avatars import PutAvatar, RemoveAvatar, ShowAvatar
from doorward.core.files.begin_upload import BeginUpload, DropUpload, SeeUpload
from doorward.core.files.links import Links, OpenFile
from doorward.core.files.own_files import ListFiles, RemoveFile, ShowFile
from doorward.core.files.remove_orphans import RemoveOrphans
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.list_keys import ListKeys
from doorward.core.keys.rotate import RotateKeys
from doorward.core.login.change_password import ChangePassword
from doorward.core.login.explain_refusal import ExplainRefusal
from doorward.core.login.log_in import LogIn
from doorward.core.login.reset_password import ForgotPassword, MailReset, ResetPassword
from doorward.core.login.sign_in_again import SignInAgain
from doorward.core.login.unlock import Unlock
from doorward.core.oauth.authenticate_client import AuthenticateClient
from doorward.core.oauth.authorize.answer_request import AnswerRequest, SeeRequest
from doorward.core.oauth.authorize.applications import ListApplications, RevokeApplication
from doorward.core.oauth.authorize.authorize import Authorize
from doorward.core.oauth.authorize.push_request import PushRequest
from doorward.core.oauth.browser.exchange import ExchangeForPage
from doorward.core.oauth.browser.refresh import RefreshForPage
from doorward.core.oauth.browser.sign_out import SignOutPage
from doorward.core.oauth.clients.add import AddClient
from doorward.core.oauth.clients.change import ChangeClient
from doorward.core.oauth.clients.end import RemoveClient, SetClientEnabled
from doorward.core.oauth.clients.find import FindClient, ListClients, ShowClient, UnsaidClients
from doorward.core.oauth.clients.origins import RegisteredOrigins
from doorward.core.oauth.clients.register import ManageRegistration, RegisterClient, RegistrationTokens
from doorward.core.oauth.clients.rotate_secret import RotateSecret
from doorward.core.oauth.device.answer import AnswerDevice, SeeDevice
from doorward.core.oauth.device.ask import AskForDevice
from doorward.core.oauth.device.enter_code import EnterCode
from doorward.core.oauth.device.tickets import Tickets
from doorward.core.oauth.gateways.admit import AdmitPerson, AdmitToken
from doorward.core.oauth.gateways.enter import EnterHost
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.core.oauth.gateways.returns import Returns
from doorward.core.oauth.grants.token import Token
from doorward.core.oauth.logout.sign_out import ReadSignOut
from doorward.core.oauth.logout.tell_client import TellClient
from doorward.core.oauth.tokens.introspect import Introspect
from doorward.core.oauth.tokens.revoke import Revoke
from doorward.core.oauth.tokens.userinfo import Userinfo
from doorward.core.onetime.see_link import SeeLink
from doorward.core.operating.accounts import AddAccount, ListAccounts, SetEnabled, SetRole, ShowAccount
from doorward.core.operating.admit_operator import AdmitOperator
from doorward.core.operating.erase_closed import EraseClosed
from doorward.core.operating.first_operator import CreateFirstOperator, InviteFirstOperator, LacksOperator
from doorward.core.operating.jobs import ListJobs, ListTasks, RetryJobs, ShowJob
from doorward.core.operating.overview.locks import ListLocks
from doorward.core.operating.overview.name_accounts import NameAccounts
from doorward.core.operating.people.consents import ConsentsOfAccount, ConsentsOfClient, RevokeConsent
from doorward.core.operating.people.end_sessions import EndSessionOf, EndSessionsOf
from doorward.core.operating.people.find_accounts import BrowseAccounts, FindAccounts, ListHolders
from doorward.core.operating.people.find_clients import FindClients
from doorward.core.operating.people.see_account import SeeAccount
from doorward.core.operating.people.see_client import SeeClient
from doorward.core.operating.remove_expired import RemoveExpired
from doorward.core.operating.tell_revoked import TellRevoked
from doorward.core.operating.unlock_account import UnlockAccount
from doorward.core.outbox.send_letter import SendLetter
from doorward.core.sessions.end_sessions import EndAllSessions, EndByRefreshToken, EndSession
from doorward.core.sessions.list_sessions import ListSessions
from doorward.core.sessions.recognise import Recognise
from doorward.core.sessions.refresh import Refresh


@dataclass(frozen=True, slots=True)
class ClientFlows:
    """What is done with the registered clients."""

    find: FindClient
    authenticate: AuthenticateClient
    add: AddClient
    list: ListClients
    show: ShowClient
    unsaid: UnsaidClients
    change: ChangeClient
    rotate_secret: RotateSecret
    set_enabled: SetClientEnabled
    remove: RemoveClient
    origins: RegisteredOrigins
    registration_tokens: RegistrationTokens
    register: RegisterClient
    manage_registration: ManageRegistration


@dataclass(frozen=True, slots=True)
class DeviceFlows:
    """What devices without a browser ask for, and what people answer on the page for them."""

    ask: AskForDevice
    enter: EnterCode
    see: SeeDevice
    answer: AnswerDevice
    tickets: Tickets


@dataclass(frozen=True, slots=True)
class RequestFlows:
    """What applications ask people for, and what people answer and take back."""

    authorize: Authorize
    push: PushRequest
    see: SeeRequest
    answer: AnswerRequest
    list_applications: ListApplications
    revoke_application: RevokeApplication
    devices: DeviceFlows


@dataclass(frozen=True, slots=True)
class TokenFlows:
    """What applications call with what they hold."""

    give: Token
    introspect: Introspect
    revoke: Revoke
    userinfo: Userinfo
    tell_client: TellClient
    read_sign_out: ReadSignOut


@dataclass(frozen=True, slots=True)
class GatewayFlows:
    """What gateways ask of who comes, and how people come back to the hosts behind them."""

    hosts: Mapping[str, ProtectedHost]
    admit_person: AdmitPerson
    admit_token: AdmitToken
    returns: Returns
    enter: EnterHost


@dataclass(frozen=True, slots=True)
class BrowserFlows:
    """What the pages of applications call whose refresh token is a cookie."""

    exchange: ExchangeForPage
    refresh: RefreshForPage
    sign_out: SignOutPage


@dataclass(frozen=True, slots=True)
class ProviderFlows:
    """What is done with other providers that people sign in with."""

    begin: BeginSignInWith
    come_back: SignInWith
    finish: FinishSignIn
    ways_in: ListWaysIn
    unlink: UnlinkIdentity


@dataclass(frozen=True, slots=True)
class FileFlows:
    """What people do with what they give to keep."""

    begin: BeginUpload
    see: SeeUpload
    append: AppendToUpload
    drop: DropUpload
    list: ListFiles
    show: ShowFile
    remove: RemoveFile
    put_avatar: PutAvatar
    show_avatar: ShowAvatar
    remove_avatar: RemoveAvatar
    open: OpenFile
    links: Links
    remove_orphans: RemoveOrphans


@dataclass(frozen=True, slots=True)
class OverviewFlows:
    """What those who operate look at."""

    search_log: SearchLog
    export_log: ExportLog
    look_up_address: LookUpAddress
    list_keys: ListKeys
    list_locks: ListLocks
    list_tasks: ListTasks
    name_accounts: NameAccounts


@dataclass(frozen=True, slots=True)
class OperatorFlows:
    """What operators see and do in the console, and by scripts."""

    admit: AdmitOperator
    browse_accounts: BrowseAccounts
    find_accounts: FindAccounts
    list_holders: ListHolders
    see_account: SeeAccount
    end_session: EndSessionOf
    end_sessions: EndSessionsOf
    find_clients: FindClients
    see_client: SeeClient
    consents_of_account: ConsentsOfAccount
    consents_of_client: ConsentsOfClient
    revoke_consent: RevokeConsent


@dataclass(frozen=True, slots=True)
class Flows:
    """Every flow by name, made once at start and handed to the doors."""

    # who someone is
    register: Register
    resend_verification: ResendVerification
    verify_email: VerifyEmail
    change_profile: ChangeProfile
    export_account: ExportAccount
    close_account: CloseAccount

    # proving it
    log_in: LogIn
    sign_in_again: SignInAgain
    see_link: SeeLink
    unlock: Unlock
    forgot_password: ForgotPassword
    reset_password: ResetPassword
    change_password: ChangePassword

    # letting another provider vouch
    providers: ProviderFlows

    # being remembered
    recognise: Recognise
    refresh: Refresh
    list_sessions: ListSessions
    end_session: EndSession
    tell_revoked: TellRevoked
    end_all_sessions: EndAllSessions
    end_by_refresh_token: EndByRefreshToken

    # the applications that are let act
    clients: ClientFlows
    tokens: TokenFlows
    browser: BrowserFlows
    requests: RequestFlows
    gateways: GatewayFlows

    # what people give to keep
    files: FileFlows

    # operating
    operators: OperatorFlows
    invite_first_operator: InviteFirstOperator
    create_first_operator: CreateFirstOperator
    lacks_operator: LacksOperator
    add_account: AddAccount
    list_accounts: ListAccounts
    show_account: ShowAccount
    set_enabled: SetEnabled
    set_role: SetRole
    unlock_account: UnlockAccount
    verify_chain: VerifyChain
    overview: OverviewFlows
    keyring: Keyring
    rotate_keys: RotateKeys
    list_jobs: ListJobs
    show_job: ShowJob
    retry_jobs: RetryJobs

    # jobs
    answer_claim: AnswerClaim
    mail_reset: MailReset
    explain_refusal: ExplainRefusal
    send_letter: SendLetter
    forget_addresses: ForgetAddresses
    erase_closed: EraseClosed
    remove_expired: RemoveExpired

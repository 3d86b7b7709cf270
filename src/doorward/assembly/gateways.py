"""Settings become the hosts that gateways guard, and adapters the flows that gateways ask."""

from collections.abc import Iterator
from typing import Protocol

from doorward.core.flows import GatewayFlows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.secrets import Envelopes, derive
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.keyring import Keyring
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.codes import Codes
from doorward.core.oauth.gateways.admit import AdmitPerson, AdmitToken
from doorward.core.oauth.gateways.enter import EnterHost, EntryWork
from doorward.core.oauth.gateways.host_tokens import HostTokens
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.core.oauth.gateways.returns import Returns
from doorward.core.oauth.tokens.ports import KnownClients
from doorward.core.sessions.ports import Snapshots
from doorward.core.sessions.recognise import Recognise
from doorward.core.sessions.tokens import PageTokens
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings


def protected_hosts_of(settings: Settings) -> tuple[ProtectedHost, ...]:
    """Return the hosts.

    Raises: SettingsInvalid.
    """
    problems = list(_problems(settings))
    if problems:
        raise SettingsInvalid(problems)
    return tuple(
        ProtectedHost(host.origin, host.audience, host.scopes, host.role) for host in settings.gateways.protected_hosts
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


def _problems(settings: Settings) -> Iterator[Problem]:
    hosts, issuer = settings.gateways.protected_hosts, settings.server.issuer
    if hosts and not settings.server.trusted_proxies:
        why = "Only a gateway that is trusted may say what a request is about, so every one would be refused."
        yield Problem("There are protected hosts, and no trusted proxy.", why, "Name the gateway in trusted_proxies.")
    for host in hosts:
        if host.audience is not None and f"{host.audience}/".startswith(f"{issuer}/"):
            why = "Tokens that let people into their accounts would be shown to the application there."
            remedy = "Name a resource of its own, such as a URN or the origin of the host."
            yield Problem(f"The audience of {host.origin} is the issuer's own.", why, remedy)

"""Settings become a house: a store, adapters, flows, and a worker."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

import doorward
from doorward.adapters.argon2.hasher import Argon2Hasher
from doorward.adapters.breached.passwords import ListedPasswords
from doorward.adapters.letters.jinja import JinjaLetters
from doorward.adapters.redis.messages import News
from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.adapters.smtp.mailer import SmtpMailer
from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.adapters.web.client import WebClient
from doorward.adapters.web.documents import CachedDocuments
from doorward.assembly.announcing import announcing
from doorward.assembly.cache import Cache, Feed, open_cache, require_fit_cache
from doorward.assembly.flows import Adapters, Policy, Tools, flows, tools
from doorward.assembly.keeping.flows import keeping_of
from doorward.assembly.outside import KeepsMail, Outside, machine, require_tests
from doorward.assembly.providers import providers_of
from doorward.assembly.store import Listeners, Store, connections_of, migrate, require_fit, require_own_tables
from doorward.assembly.watching.measured import MeasuredStore
from doorward.assembly.watching.traces import HouseTraces, open_traces
from doorward.assembly.watching.watch import CacheWatch, JobWatch, WorkerWatch
from doorward.core.audit.records import AuditKind
from doorward.core.flows import Flows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.secrets import derive
from doorward.core.keys.keyring import Keyring
from doorward.core.limits.ports import RateCounters
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.core.operating.figures import Counts
from doorward.core.operating.rules import Fitness
from doorward.settings.check import check_production
from doorward.settings.generate import with_generated_secrets
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Loaded, Settings
from doorward.telemetry.history import History
from doorward.telemetry.metrics import Metrics
from doorward.worker.run import Worker

_OTHER_SECRET: Final = Problem(
    "The signing keys in the store cannot be opened.",
    "They were sealed with another secret, and without them nobody can be signed in.",
    "Set DOORWARD_SECRET to the secret that the store was made with, or name that one in DOORWARD_SECRET_PREVIOUS.",
)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that runs in one process, made of one set of settings."""

    loaded: Loaded
    store: Store
    adapters: Adapters
    tools: Tools
    flows: Flows
    worker: Worker
    metrics: Metrics
    history: History
    mailbox: KeepsMail | None
    cache: Cache
    traces: HouseTraces | None = None

    @property
    def open_mailbox(self) -> KeepsMail | None:
        """The development mailbox, where the doors may show it: its mails hold links that sign people in."""
        server = self.settings.server
        return self.mailbox if server.is_local and not server.is_production else None

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.loaded.settings

    @property
    def clock(self) -> Clock:
        """The clock."""
        return self.adapters.clock

    @property
    def secret(self) -> bytes:
        """The deployment's own secret; derive from it, never use it."""
        return self.settings.secrets.keys()[0]

    def prepare(self) -> None:
        """Make what may not exist in a fresh folder: the tables, where this process may, and the first signing keys.

        Raises: SettingsInvalid, when the store is of a newer program or unfinished, the tables are not ours to change,
        or the keys were sealed with another secret. Unavailable.
        """
        if require_fit(self.store.schema()) is Fitness.OLDER:
            require_own_tables(self.settings)
            migrate(self.settings)
        self.flows.rotate_keys()
        if not self.flows.keyring.is_ready():
            raise SettingsInvalid([_OTHER_SECRET])

    def prepare_to_serve(self) -> None:
        """Do the same, and see that what instances share may be used.

        Raises: the same.
        """
        require_fit_cache(self.settings)
        self.prepare()

    def start(self) -> None:
        """Begin to share limits with other instances, and to hear from them."""
        self.cache.start()

    def close(self) -> None:
        """Take leave of the mail server, of other instances and of the bucket, and close the store."""
        self.cache.close()
        if isinstance(self.adapters.mailer, SmtpMailer):
            self.adapters.mailer.close()
        if isinstance(self.adapters.web, WebClient):
            self.adapters.web.close()
        if self.traces is not None:
            self.traces.takes.close()
        self.adapters.keeping.places.close()
        self.store.close()


def require_usable(loaded: Loaded) -> None:
    """Return when the settings will do; nothing is made or opened.

    Raises: SettingsInvalid, with everything that keeps them from production.
    """
    problems = check_production(loaded)
    if problems:
        raise SettingsInvalid(problems)


def ready_settings(loaded: Loaded) -> Loaded:
    """Return the settings with generated secrets, if they will do.

    Raises: SettingsInvalid, with everything that keeps them from production.
    """
    require_usable(loaded)
    return with_generated_secrets(loaded)


def open_house(loaded: Loaded, *, in_tests: Outside | None = None) -> House:
    """Return the house that these settings describe. Nothing runs in it yet.

    `in_tests` takes the place of the machine that the settings name; production refuses it.
    Raises: SettingsInvalid.
    """
    if in_tests is not None:
        require_tests(loaded.settings)
    ready = ready_settings(loaded)
    settings = ready.settings
    outside, metrics = in_tests or machine(settings), Metrics(version=doorward.__version__)
    clock = outside.clock
    traces = open_traces(settings, metrics, clock)

    def forget(account_ids: Collection[AccountId]) -> None:
        snapshots.forget(account_ids)
        cache.feed.changed(account_ids)

    def wake() -> None:
        worker.wake()
        cache.feed.added_jobs()

    def count(kinds: Collection[AuditKind]) -> None:
        _count(kinds, metrics, cache.feed)

    def hear(news: News) -> None:
        _heed(news, snapshots, made.keyring, worker)

    policy = _policy(settings)
    cache = open_cache(settings, policy.secret, clock, hear=hear, notes=CacheWatch(metrics))
    opened = outside.open_store(Listeners(on_change=forget, on_jobs=wake, on_audited=count))
    store = MeasuredStore(opened, metrics)
    metrics.store_connections(connections_of(settings))
    snapshots = CachedSnapshots(store.view, clock, bound=settings.store.cache_bound)
    adapters = _adapters(settings, store, outside, snapshots=snapshots, counters=cache.counters)
    made = tools(adapters, policy)
    all_flows = flows(announcing(adapters, made), policy, made)
    worker = Worker(
        store.work,
        all_flows,
        made.post,
        clock,
        WorkerWatch(metrics),
        hands=settings.mail.smtp_connections,
        around=JobWatch(metrics, traces),
    )
    history = History(metrics.registry, clock, partial(_queue, all_flows))
    return House(ready, store, adapters, made, all_flows, worker, metrics, history, outside.mailbox, cache, traces)


def _queue(all_flows: Flows) -> Counts:
    """Return how many jobs stand in each state; nothing when the store does not answer."""
    try:
        return {state.value: count for state, count in all_flows.list_jobs.count().items()}
    except Unavailable:
        return {}


def _count(kinds: Collection[AuditKind], metrics: Metrics, feed: Feed) -> None:
    for kind in kinds:
        metrics.audited(kind)
    if AuditKind.KEY_MADE in kinds:
        feed.changed_keys()


def _heed(news: News, snapshots: CachedSnapshots, keyring: Keyring, worker: Worker) -> None:
    """Forget what another instance changed. Nothing that is heard is ever taken for what is so now."""
    if news.is_everything:
        snapshots.forget_all()
    snapshots.forget(news.accounts)
    if news.has_keys:
        keyring.forget()
    if news.has_jobs:
        worker.wake()


def _adapters(
    settings: Settings, store: Store, outside: Outside, *, snapshots: CachedSnapshots, counters: RateCounters
) -> Adapters:
    mail = settings.mail
    if mail.mail_templates_dir is not None and not mail.mail_templates_dir.is_dir():
        raise SettingsInvalid([_no_templates(mail.mail_templates_dir)])
    current, *previous = (derive(secret, "sealing") for secret in settings.secrets.keys())  # noqa: SIM118 (no mapping)
    return Adapters(
        work=store.work,
        view=store.view,
        rotate=store.rotate,
        clock=outside.clock,
        hasher=Argon2Hasher(
            {_name_of(pepper): derive(pepper, "pepper") for pepper in settings.secrets.peppers()},
            parameters=outside.hash_cost,
            parallel=os.cpu_count(),
        ),
        known=ListedPasswords(settings.security.breached_passwords_file),
        signatures=outside.signatures,
        sealer=AesGcmSealer(current, previous=previous),
        counters=counters,
        letters=JinjaLetters(settings.server.issuer, mail.brand_name, overrides=mail.mail_templates_dir),
        mailer=outside.mailer,
        snapshots=snapshots,
        web=outside.web,
        keeping=keeping_of(settings, outside.places),
        documents=CachedDocuments(outside.web, outside.clock),
    )


def _policy(settings: Settings) -> Policy:
    secret, *previous_secrets = settings.secrets.keys()
    return Policy(
        issuer=settings.server.issuer,
        secret=secret,
        previous_secrets=tuple(previous_secrets),
        pairwise_secret=settings.secrets.first_secret(),
        registration=settings.security.registration_profile,
        password_minimum=settings.security.password_minimum_characters,
        brand_name=settings.mail.brand_name,
        cache_bound=settings.store.cache_bound,
        details_types=settings.security.authorization_details_types,
        registering=settings.clients.client_registration,
        takes_client_documents=settings.clients.client_metadata_documents,
        providers=providers_of(settings),
        protected_hosts=protected_hosts_of(settings),
        is_development=not settings.server.is_production,
    )


def protected_hosts_of(settings: Settings) -> tuple[ProtectedHost, ...]:
    """Return the hosts.

    Raises: SettingsInvalid.
    """
    problems = list(_host_problems(settings))
    if problems:
        raise SettingsInvalid(problems)
    return tuple(
        ProtectedHost(host.origin, host.audience, host.scopes, host.role) for host in settings.gateways.protected_hosts
    )


def _host_problems(settings: Settings) -> Iterator[Problem]:
    hosts, issuer = settings.gateways.protected_hosts, settings.server.issuer
    if hosts and not settings.server.trusted_proxies:
        why = "Only a gateway that is trusted may say what a request is about, so every one would be refused."
        yield Problem("There are protected hosts, and no trusted proxy.", why, "Name the gateway in trusted_proxies.")
    for host in hosts:
        if host.audience is not None and f"{host.audience}/".startswith(f"{issuer}/"):
            why = "Tokens that let people into their accounts would be shown to the application there."
            remedy = "Name a resource of its own, such as a URN or the origin of the host."
            yield Problem(f"The audience of {host.origin} is the issuer's own.", why, remedy)


def _no_templates(folder: Path) -> Problem:
    remedy = "Correct DOORWARD_MAIL_TEMPLATES_DIR, or leave it out."
    return Problem(f"There is no folder {folder}.", "The templates of mails are to be read from it.", remedy)


def _name_of(pepper: bytes) -> str:
    """Return the name that hashes remember a pepper by; it tells nothing of it."""
    return sha256(b"pepper name" + pepper).hexdigest()[:8]

"""What a house touches: the machine that settings name, or what somebody's tests hold in their own hands."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from doorward.adapters.argon2.hasher import Parameters
from doorward.adapters.clock.system import SystemClock
from doorward.adapters.jose.signatures import JoseSignatures
from doorward.adapters.mailbox.folder import FolderMailbox
from doorward.adapters.smtp.mailer import SmtpMailer
from doorward.assembly.keeping.places import Places, places_of
from doorward.assembly.providers import web_of
from doorward.assembly.store import Listeners, Store, is_embedded, make_data_dir, open_store
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.outgoing import Web
from doorward.core.keys.ports import Signatures
from doorward.core.outbox.ports import Mailbox, Mailer
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings

_MAILBOX: Final = "mailbox"


class KeepsMail(Mailer, Mailbox, Protocol):
    """Takes mails, and keeps them to be read."""

    @property
    @abstractmethod
    def folder(self) -> Path | None:
        """Where they are files, if they are."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What a house touches, apart from settings. Everything else is the same in every house.

    `mailbox` is there where mails are kept instead of sent; it is the mailer then. `hash_cost` is what one password
    hash costs.
    """

    clock: Clock
    open_store: Callable[[Listeners], Store]
    mailer: Mailer
    mailbox: KeepsMail | None
    signatures: Signatures
    hash_cost: Parameters
    web: Web
    places: Places


def machine(settings: Settings) -> Outside:
    """Return what these settings name; the data folder is made, nothing is connected yet.

    Raises: SettingsInvalid.
    """
    smtp_url, folder = settings.mail.smtp_url, settings.server.data_dir
    if smtp_url is None or is_embedded(settings):
        make_data_dir(settings.server)  # before anything is put into it, which would make it for everyone to read
    mailbox = None if smtp_url else FolderMailbox(folder / _MAILBOX)
    mailer = SmtpMailer(smtp_url.get_secret_value(), settings.mail.mail_from) if smtp_url else mailbox
    if mailer is None:
        raise ValueError("there is neither a mail server nor a mailbox")
    return Outside(
        clock=SystemClock(),
        open_store=partial(open_store, settings),
        mailer=mailer,
        mailbox=mailbox,
        signatures=JoseSignatures(),
        hash_cost=Parameters(),
        web=web_of(settings),
        places=places_of(settings),
    )


def require_tests(settings: Settings) -> None:
    """Return when a house may stand on anything else than what its settings name.

    Raises: SettingsInvalid, in production.
    """
    if settings.server.is_production:
        what = "This server stands on a store, a clock and password hashes that are for tests alone."
        why = "Every account would be gone at its end, and every password could be guessed."
        raise SettingsInvalid([Problem(what, why, "Use doorward.create_app() or doorward.mount() in production.")])

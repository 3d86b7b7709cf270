"""What instances tell each other: that something changed, never what it is now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter, ValidationError

from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId

VERSION: Final = 1
MOST_ACCOUNTS: Final = 1000
"""How many accounts one message names; when more have changed, everything is forgotten."""

_SEAL_CHARACTERS: Final = 32
_MOST_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class News:
    """Accounts that changed, or perhaps all of them; that there are new jobs; that the signing keys changed."""

    accounts: frozenset[AccountId] = frozenset()
    is_everything: bool = False
    has_jobs: bool = False
    has_keys: bool = False

    def __or__(self, other: "News") -> "News":
        """Return both in one."""
        accounts = self.accounts | other.accounts
        is_everything = self.is_everything or other.is_everything or len(accounts) > MOST_ACCOUNTS
        return News(
            accounts=frozenset() if is_everything else accounts,
            is_everything=is_everything,
            has_jobs=self.has_jobs or other.has_jobs,
            has_keys=self.has_keys or other.has_keys,
        )


EVERYTHING: Final = News(is_everything=True, has_jobs=True, has_keys=True)
"""What is assumed where news were missed."""


@dataclass(frozen=True, slots=True)
class _Written:
    """The form of a message. Members that a later version adds are passed over.

    `at` is when it was written, by a clock of its sender's own.
    """

    version: int
    sender: str
    accounts: Sequence[str] = ()
    everything: bool = False
    jobs: bool = False
    keys: bool = False
    at: float = 0.0


_FORM: Final = TypeAdapter(_Written)


@dataclass(frozen=True, slots=True)
class Messages:
    """Writes and reads the messages of one deployment: `channel` is where, `sender` who writes in this process.

    Each carries a MAC, so that a stranger who can write into the channel is not heard. One who repeats what was said
    before can only make others forget once more.
    """

    key: bytes = field(repr=False)
    sender: str

    @property
    def channel(self) -> str:
        """The channel, which differs between deployments that share a server."""
        return f"doorward:feed:{secrets.encode(secrets.mac(self.key, b'channel')[:10])}"

    def write(self, news: News, *, at: float = 0.0) -> bytes:
        """Return a message; `at` is the moment by a clock of this process's own."""
        accounts = sorted(news.accounts)
        written = _Written(VERSION, self.sender, accounts, news.is_everything, news.has_jobs, news.has_keys, at)
        body = _FORM.dump_json(written)
        return self._seal(body) + body

    def read(self, message: bytes) -> News | None:
        """Return what a message says; None when it is no instance's, or our own.

        What a later version says is taken for the most that it can mean.
        """
        body = self._opened(message)
        if body is None:
            return None
        written = _written(body)
        if written is not None and written.sender == self.sender:
            return None
        if written is None or written.version != VERSION:
            return EVERYTHING
        accounts = frozenset(AccountId(account) for account in written.accounts)
        return News(accounts, is_everything=written.everything, has_jobs=written.jobs, has_keys=written.keys)

    def own_since(self, message: bytes) -> float | None:
        """Return when this process wrote a message; None when it is another's."""
        body = self._opened(message)
        written = None if body is None else _written(body)
        return written.at if written is not None and written.sender == self.sender else None

    def _opened(self, message: bytes) -> bytes | None:
        seal, body = message[:_SEAL_CHARACTERS], message[_SEAL_CHARACTERS:_MOST_BYTES]
        return body if secrets.same(seal, self._seal(body)) else None

    def _seal(self, body: bytes) -> bytes:
        return secrets.mac(self.key, b"message", body).hex()[:_SEAL_CHARACTERS].encode()


def _written(body: bytes) -> _Written | None:
    """Return what a body says; None when it is of a form that this version cannot read."""
    try:
        return _FORM.validate_json(body)
    except ValidationError:
        return None

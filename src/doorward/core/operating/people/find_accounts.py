"""Finding accounts among millions: the newest ones, and those whose name, address or id begins with a text."""

from dataclasses import dataclass
from typing import Final, Protocol

from doorward.core.access.ports import HasRoles
from doorward.core.accounts import names
from doorward.core.accounts.ports import HasAccounts, HasClaims
from doorward.core.accounts.records import Account, Claim
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.ids import AccountId, is_id
from doorward.core.kernel.secrets import decode, encode
from doorward.core.kernel.work import OpensView

_BY_NAME: Final = "n"
_BY_ADDRESS: Final = "a"
_MOST_HOLDERS: Final = 200


class FindView(HasAccounts, HasClaims, HasRoles, Protocol):
    """What is looked through."""


@dataclass(frozen=True, slots=True)
class Browsed:
    """Some accounts, the newest first, and whether there are others on either side."""

    accounts: tuple[Account, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class BrowseAccounts:
    """Return accounts page by page, the newest first, in either direction; each page costs the same."""

    view: OpensView[FindView]

    def __call__(self, *, older_than: str | None = None, newer_than: str | None = None, size: int = 50) -> Browsed:
        """Return one page: the newest, what is older or newer than one, or the oldest (newer than an empty text)."""
        with self.view() as work:
            if newer_than is not None:
                page = work.accounts.page(after=newer_than, size=size)
                return Browsed(page.items[::-1], page.next_after is not None, has_older=newer_than != "")
            before = None if older_than is None else AccountId(older_than)
            found = work.accounts.newest(before=before, limit=size + 1)
        return Browsed(found[:size], has_newer=before is not None, has_older=len(found) > size)


@dataclass(frozen=True, slots=True)
class Found:
    """Some accounts, and where the search goes on. `claim`: somebody registered by that name and has not confirmed."""

    accounts: tuple[Account, ...]
    next_after: str | None = None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class FindAccounts:
    """Return accounts whose id is a text, then those whose name begins with it, then those whose address does.

    Only what an index finds is looked for, so it takes no longer among millions. What stands in the middle of a name is
    not found.
    """

    view: OpensView[FindView]

    def __call__(self, wanted: str, *, after: str | None = None, size: int = 50) -> Found:
        """Return one page; where nothing is found, the newest registration that waits under exactly that name.

        Raises: Invalid, for a place to go on that is none.
        """
        kind, key = _place(after)
        prefix = names.beginning(wanted)
        if prefix is None:
            return Found(())
        with self.view() as work:
            if after is None and is_id(prefix):
                account = work.accounts.by_id(AccountId(prefix))
                if account is not None:
                    return Found((account,))
            found = self._from(work, prefix, kind=kind, key=key, size=size + 1)
            claim = work.claims.newest(names.login_key(wanted)) if not found and after is None else None
        return Found(found[:size], _next(found[:size], prefix) if len(found) > size else None, claim)

    @staticmethod
    def _from(work: FindView, prefix: str, *, kind: str, key: str, size: int) -> tuple[Account, ...]:
        by_name = work.accounts.named(prefix, after=key, limit=size) if kind == _BY_NAME else ()
        if len(by_name) == size:
            return by_name
        begin = key if kind == _BY_ADDRESS else ""
        return (*by_name, *work.accounts.addressed(prefix, after=begin, limit=size - len(by_name)))


@dataclass(frozen=True, slots=True)
class ListHolders:
    """Return who has a role."""

    view: OpensView[FindView]

    def __call__(self, role: str) -> tuple[Account, ...]:
        """Return the accounts that have it, at most two hundred of them, the oldest first."""
        with self.view() as work:
            found = [work.accounts.by_id(each) for each in work.roles.held_by(role, limit=_MOST_HOLDERS)]
        return tuple(account for account in found if account is not None)


def _place(after: str | None) -> tuple[str, str]:
    """Return by which keys a search goes on, and after which one."""
    if after is None:
        return _BY_NAME, ""
    kind, _, key = after.partition(".")
    raw = decode(key)
    if raw is None or kind not in (_BY_NAME, _BY_ADDRESS):
        raise Invalid("/after", "This is no place in a list of ours.")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Invalid("/after", "This is no place in a list of ours.") from None
    return kind, text.replace("\0", "")  # a letter that some stores cannot even be asked for


def _next(shown: tuple[Account, ...], prefix: str) -> str:
    last = shown[-1]
    kind, key = (_BY_NAME, last.username_key) if last.username_key.startswith(prefix) else (_BY_ADDRESS, last.email_key)
    return f"{kind}.{encode(key.encode())}"

"""Applications and what they ask for, in words for people."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from doorward.core.oauth.authorize.records import Address, Asked
from doorward.core.oauth.records import Client
from doorward.core.oauth.rules import scopes


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that an application may do: in `words` where there are any, else by the name that operators chose."""

    scope: str
    words: str | None


@dataclass(frozen=True, slots=True)
class ShownApplication:
    """An application as pages name it. `domain` is the host that it proved to own; None: nothing vouches for it."""

    id: str
    name: str
    domain: str | None
    is_first_party: bool

    @classmethod
    def of(cls, client: Client, redirect_uri: str | None = None) -> "ShownApplication":
        """Return it. It owns the host that its answers go to: nobody else can receive them there."""
        addresses = client.redirect_uris if redirect_uri is None else (redirect_uri,)
        hosts = (urlsplit(address).hostname for address in addresses if address.startswith("https://"))
        return cls(client.id, client.name, next(hosts, None), client.is_first_party)

    @classmethod
    def on_device(cls, client: Client) -> "ShownApplication":
        """Return one that asks from a device, to which no answer goes: only its own proof can vouch for its hosts."""
        return cls(client.id, client.name, None, client.is_first_party) if client.is_public else cls.of(client)


def permissions(names: tuple[str, ...]) -> tuple[Permission, ...]:
    """Return what scopes allow."""
    return tuple(Permission(name, scopes.WORDS.get(name)) for name in names)


def details(asked: Asked) -> tuple[str, ...]:
    """Return what is asked for in detail, each as it stands, to be read by whoever allows it."""
    found = json.loads(asked.details) if asked.details is not None else []
    return tuple(json.dumps(each, indent=2, ensure_ascii=False) for each in found)


def form_targets(address: Address) -> tuple[str, ...]:
    """Return what the policy of a page must allow its forms to lead to, so that the answer arrives.

    Browsers hold the whole chain of redirects behind a form against the policy of its page. What cannot be named in
    one, a private scheme or a host in brackets, is reached by a link.
    Source: Content Security Policy Level 3 section 6.6.1 (form-action).
    """
    parts = urlsplit(address.redirect_uri)
    is_named = parts.scheme in ("https", "http") and not parts.netloc.startswith("[")
    return (f"{parts.scheme}://{parts.netloc}",) if is_named else ()

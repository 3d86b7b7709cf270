"""Whose word counts for what."""

from collections.abc import Collection, Container, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from doorward.core.accounts import names
from doorward.core.accounts.names import Email, Username
from doorward.core.federation.records import Identity, Person, Provider
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.secrets import random_digits
from doorward.core.sessions.records import BY_PASSWORD, BY_PROVIDER, Authentication

EVERY_DOMAIN: Final = "*"
CONFIRMED_WITHIN: Final = timedelta(minutes=5)
"""How long ago somebody may have proven to a provider who they are, when they are asked to do it again."""

METHODS: Final = (
    *("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop"),
    *("pwd", "rba", "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia"),
)
"""The words for methods of authentication that are registered (RFC 8176 section 2)."""

_SUFFIX_DIGITS: Final = 4
_LONGEST_LABEL: Final = 120
_STEM: Final = names.LONGEST_USERNAME - _SUFFIX_DIGITS - 1


def vouches_for(provider: Provider, person: Person, address: Email) -> bool:
    """Tell whether the provider's word proves that the person owns the address.

    It does when the provider says so, and whoever runs this deployment trusts it for that very domain. A domain below
    a trusted one is another domain.
    """
    domain = address.key.rpartition("@")[2]
    trusted = {each.casefold() for each in provider.trusted_domains}
    return person.is_email_verified and (domain in trusted or EVERY_DOMAIN in trusted)


def address_of(person: Person) -> Email | None:
    """Return the address that a provider tells, if it is one."""
    if person.email is None:
        return None
    try:
        return names.email(person.email)
    except Invalid:
        return None


def usernames_for(person: Person) -> Iterator[Username]:
    """Return usernames for a newcomer, the likeliest first: their own where they are fit, with a number where taken."""
    local = (person.email or "").partition("@")[0]
    stems = [name for name in map(_username, (*person.names, local)) if name is not None]
    yield from stems
    for stem in (*stems, *(names.username("member") for _ in range(3))):
        numbered = _username(f"{stem.shown[:_STEM].rstrip('._-')}-{random_digits(_SUFFIX_DIGITS)}")
        if numbered is not None:
            yield numbered
    yield names.username(f"member-{random_digits(12)}")


def label_of(person: Person) -> str:
    """Return what reminds the owner of which identity this is."""
    told = (person.email or "", *person.names, person.subject)
    return next(text for text in told if text)[:_LONGEST_LABEL]


def is_last_way_in(identities: Iterable[Identity], providers: Container[str], *, has_password: bool) -> bool:
    """Tell whether taking one of these identities away would leave the account without any way in.

    Those of a provider that is not among `providers` any more let nobody in.
    """
    return not has_password and sum(identity.provider_id in providers for identity in identities) <= 1


def is_confirmed(person: Person, *, tells_when: bool, begun_at: datetime, now: datetime) -> bool:
    """Tell whether a person has proven to the provider who they are since they were asked to.

    A provider that never tells when is taken at its word that it asked. One that does tells it whenever it was asked to
    ask anew, so an answer without it is one to another question: whoever holds the browser may have changed it.
    Source: OpenID Connect Core 1.0 section 3.1.2.1 (`max_age`).
    """
    at = person.authenticated_at
    if at is None:
        return not tells_when
    return at >= begun_at - timedelta(seconds=30) and now - at <= CONFIRMED_WITHIN


def authentication_of(provider: Provider, person: Person) -> Authentication:
    """Return what applications are told of how somebody signed in with a provider.

    Whoever runs this deployment says what the provider's values of `acr` are worth; where they said nothing of the one
    that it told, its methods are not passed on either.
    Source: RFC 8176 section 2.
    """
    acr = provider.acrs.get(person.acr or "")
    if acr is None:
        return BY_PROVIDER
    return Authentication(acr, tuple(word for word in METHODS if word in person.amr))


def acrs_of(providers: Collection[Provider]) -> tuple[str, ...]:
    """Return every value of `acr` that signing in can lead to here."""
    mapped = (acr for provider in providers for acr in provider.acrs.values())
    by_provider = (BY_PROVIDER.acr,) if providers else ()
    return tuple(dict.fromkeys(acr for acr in (BY_PASSWORD.acr, *by_provider, *mapped) if acr is not None))


def is_address(url: str, *, may_be_plain: bool) -> bool:
    """Tell whether a browser may be sent to a URL that a provider names."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    schemes = {"https", "http"} if may_be_plain else {"https"}
    has_host = bool(parts.hostname) and "@" not in parts.netloc and "\\" not in url
    return parts.scheme in schemes and has_host and url.isascii() and url.isprintable() and " " not in url


def _username(presented: str) -> Username | None:
    fit = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in presented)
    try:
        return names.username(fit.strip("._-")[: names.LONGEST_USERNAME].strip("._-"))
    except Invalid:
        return None

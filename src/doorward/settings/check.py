"""Whether settings will do in production."""

import re
import stat
from collections.abc import Callable, Iterator
from math import log2
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from pydantic import SecretStr

from doorward.settings.problems import Problem
from doorward.settings.record import SETTINGS, Loaded, SourceKind
from doorward.settings.sections.mail import DEFAULT_SENDER

BITS: Final = 256
_FEWEST_DIFFERENT_CHARACTERS: Final = 10
_PLACEHOLDERS: Final = ("change", "secret", "password", "example", "doorward", "default", "12345678", "abcdefgh")
_ALPHABETS: Final = (
    ("0123456789", 10),
    ("0123456789abcdefABCDEF", 16),
    ("abcdefghijklmnopqrstuvwxyz234567", 32),
)
_MEMORY_STORES: Final = frozenset({"sqlite://", "sqlite:///", "sqlite:///:memory:"})
_PORT: Final = re.compile(r":\d+$")
_UNCHECKED: Final = ("tlsinsecure", "tlsallowinvalidcertificates", "tlsallowinvalidhostnames")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_GENERATE: Final = "Set it to the output of `openssl rand -base64 48`, through {name} or {name}_FILE."


def check_production(loaded: Loaded) -> list[Problem]:
    """Return everything that keeps these settings from production; nothing in development."""
    if not loaded.settings.server.is_production:
        return []
    return [problem for check in _CHECKS for problem in check(loaded)]


def _issuer(loaded: Loaded) -> Iterator[Problem]:
    server = loaded.settings.server
    remedy = "Set DOORWARD_ISSUER to the https URL that people reach the server at."
    if not server.issuer:
        yield Problem("There is no issuer.", "Every token and every link in a mail names it.", remedy)
    elif not server.has_secure_cookies:
        yield Problem("The issuer is not https.", "Passwords and cookies would travel for everyone to read.", remedy)


def _secrets(loaded: Loaded) -> Iterator[Problem]:
    secrets = loaded.settings.secrets
    for name in ("secret", "pepper"):
        if getattr(secrets, name) is None:
            variable = SETTINGS[name].environment[0]
            yield Problem(f"There is no {name}.", SETTINGS[name].description, _GENERATE.format(name=variable))
    for name in type(secrets).model_fields:
        value: SecretStr | None = getattr(secrets, name)
        weakness = value and _weakness(value.get_secret_value())
        if weakness:
            remedy = _GENERATE.format(name=SETTINGS[name].environment[0])
            yield Problem(f"The setting {name} {weakness}.", "Whoever guesses it can forge every session.", remedy)
    if secrets.secret is not None and secrets.secret == secrets.pepper:
        why = "Whoever learns one of them would know the other."
        yield Problem("Secret and pepper are the same.", why, _GENERATE.format(name="DOORWARD_PEPPER"))


def _secret_files(loaded: Loaded) -> Iterator[Problem]:
    given = {name: source for name, source in loaded.sources.items() if SETTINGS[name].is_secret}
    paths = {source.where for source in given.values() if source.kind in {SourceKind.FILE, SourceKind.SECRET_FILE}}
    for path in sorted(paths):
        if Path(path).stat().st_mode & stat.S_IROTH:
            why = "It holds secrets, and everyone on this machine can read it."
            yield Problem(f"{path} is readable for everyone.", why, f"Run: chmod o= {path}")


def _providers(loaded: Loaded) -> Iterator[Problem]:
    """Check what people may sign in with, and the files that hold secrets of it."""
    source = loaded.sources["providers"]
    for provider in loaded.settings.federation.providers:
        files = [provider.client_secret_file, provider.private_key_file]
        if source.kind is SourceKind.FILE and provider.client_secret is not None:
            files.append(Path(source.where))
        for path in files:
            if path is not None and path.stat().st_mode & stat.S_IROTH:
                why = f"It holds a secret of the provider {provider.id}, and everyone on this machine can read it."
                yield Problem(f"{path} is readable for everyone.", why, f"Run: chmod o= {path}")
        if provider.issuer is not None and not provider.issuer.startswith("https://"):
            why = "Whoever sits on the way could sign in as anybody."
            yield Problem(f"The issuer of the provider {provider.id} is not https.", why, "Name its https URL.")


def _mail(loaded: Loaded) -> Iterator[Problem]:
    mail = loaded.settings.mail
    if mail.smtp_url is None:
        why = "The development mailbox would keep every mail, with its links that sign people in, and deliver none."
        yield Problem("There is no mail server.", why, "Set DOORWARD_SMTP_URL, for example smtps://USER:PASSWORD@HOST.")
    if mail.mail_from == DEFAULT_SENDER:
        why = "Mail from localhost is taken for spam."
        yield Problem(
            "There is no sender.", why, "Set DOORWARD_MAIL_FROM, for example: Example <no-reply@example.org>."
        )


def _network(loaded: Loaded) -> Iterator[Problem]:
    server = loaded.settings.server
    if any(network.prefixlen == 0 for network in server.trusted_proxies):
        why = "Every caller could claim any address, and pass every limit."
        yield Problem("Every network is a trusted proxy.", why, "Name the networks of your own proxies.")
    for origin in server.cors_origins:
        if not origin.startswith("https://"):
            why = "Whoever sits on the way could use the API through that page."
            yield Problem(f"The origin {origin} is not https.", why, "Serve that page over https.")


def _hosts(loaded: Loaded) -> Iterator[Problem]:
    for host in loaded.settings.gateways.protected_hosts:
        if not host.origin.startswith("https://"):
            why = "Whoever sits on the way could take the cookie that lets people in there."
            yield Problem(f"The protected host {host.origin} is not https.", why, "Serve it over https.")


def _files(loaded: Loaded) -> Iterator[Problem]:
    origin = loaded.settings.files.files_origin
    if origin is not None and not origin.startswith("https://"):
        why = "Whoever sits on the way could read every file, and the links to it."
        yield Problem(f"The origin of files {origin} is not https.", why, "Serve it over https.")


def _store(loaded: Loaded) -> Iterator[Problem]:
    if loaded.settings.store.store_url.get_secret_value() in _MEMORY_STORES:
        why = "Every account would be gone at the next start."
        yield Problem("The store is in memory.", why, "Set DOORWARD_STORE_URL to a file or a server.")


def _mongo(loaded: Loaded) -> Iterator[Problem]:
    url = loaded.settings.store.store_url.get_secret_value()
    if not url.startswith(("mongodb://", "mongodb+srv://")):
        return
    head, _, query = url.partition("://")[2].partition("?")
    options = {name: values[-1] for name, values in parse_qs(query.casefold()).items()}
    user, _, hosts = head.partition("/")[0].rpartition("@")
    if not user and options.get("authmechanism") != "mongodb-x509":
        why = "Whoever reaches the MongoDB server could read and change every account."
        yield Problem("The store asks for no password.", why, "Make a user for Doorward, and name it in the URL.")
    is_encrypted = options.get("tls", options.get("ssl", str(url.startswith("mongodb+srv:")).casefold())) == "true"
    if not is_encrypted and not all(_PORT.sub("", host) in _LOOPBACK for host in hosts.split(",")):
        why = "Password hashes and addresses would travel for everyone on the way to read."
        yield Problem("The way to the store is not encrypted.", why, "Add tls=true to the options of the URL.")
    if "true" in (options.get(name) for name in _UNCHECKED):
        why = "Whoever sits on the way could pretend to be the MongoDB server."
        yield Problem("The store's certificate is not checked.", why, "Name the authority with tlsCAFile=FILE instead.")


_CHECKS: Final[tuple[Callable[[Loaded], Iterator[Problem]], ...]] = (
    _issuer,
    _secrets,
    _secret_files,
    _providers,
    _mail,
    _network,
    _hosts,
    _files,
    _store,
    _mongo,
)


def _weakness(secret: str) -> str | None:
    """Return what is wrong with a secret, or None when it may well have 256 bits."""
    if any(word in secret.casefold() for word in _PLACEHOLDERS):
        return "looks like a placeholder"
    if len(set(secret)) < _FEWEST_DIFFERENT_CHARACTERS:
        return "repeats itself"
    sizes = [size for letters, size in _ALPHABETS if set(secret) <= set(letters)]
    bits = len(secret) * log2(min(sizes, default=64))
    return f"has less than {BITS} bits" if bits < BITS else None

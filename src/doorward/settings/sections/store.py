"""Where accounts and sessions are kept."""

import re
from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator

from doorward.settings.sections.section import Also, Section, split_url

_STORES: Final = frozenset({"sqlite", "postgresql", "mongodb", "mongodb+srv"})
_MONGO: Final = ("mongodb://", "mongodb+srv://")
_CACHES: Final = frozenset({"memory", "redis", "rediss"})
_DATABASE: Final = re.compile(r"(/\d{0,4})?")


class StoreSettings(Section):
    """Where accounts and sessions are kept."""

    store_url: Annotated[SecretStr, Also(("DATABASE_URL",))] = Field(
        SecretStr(""),
        description="The store: sqlite:///FILE, or postgresql:// or mongodb:// with USER:PASSWORD@HOST/NAME; "
        "a file in data_dir by default.",
    )
    store_pool_connections: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="The most connections to the store that one process holds; one for each thread by default.",
    )
    cache_url: Annotated[SecretStr, Also(("REDIS_URL",))] = Field(
        SecretStr("memory://"),
        description="What instances share limits and news through: redis://USER:PASSWORD@HOST:PORT/NUMBER or "
        "rediss://…; memory:// is each process by itself.",
    )
    cache_bound_seconds: float = Field(
        2.0,
        ge=0,
        le=60,
        description="How long what was read of sessions, roles and keys is used again; 0 reads the store every time.",
    )

    @field_validator("store_url")
    @classmethod
    def _check_store(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value():
            return url
        text = url.get_secret_value()
        if text.startswith(_MONGO):
            _check_mongo(text)
            return url
        parts = split_url(text, schemes=_STORES)
        if parts.scheme == "sqlite" and parts.netloc:
            raise ValueError("a SQLite store is sqlite:///FILE, with three slashes, and a fourth for an absolute path")
        return url

    @field_validator("cache_url")
    @classmethod
    def _check_cache(cls, url: SecretStr) -> SecretStr:
        parts = split_url(url.get_secret_value(), schemes=_CACHES)
        if parts.scheme == "memory":
            return url
        if not parts.hostname:
            raise ValueError("the cache's URL names a host")
        if not _DATABASE.fullmatch(parts.path):
            raise ValueError("after the host there may be the number of a database, as in redis://HOST/0")
        return url

    @property
    def is_cache_shared(self) -> bool:
        """Tell whether instances share a cache."""
        return not self.cache_url.get_secret_value().startswith("memory:")

    @property
    def cache_bound(self) -> timedelta:
        """How long what was read may be used again."""
        return timedelta(seconds=self.cache_bound_seconds)


def _check_mongo(url: str) -> None:
    """Return when a URL names a MongoDB. It may name several hosts, which other URLs do not, so it is read apart.

    Raises: ValueError, without the URL: it may hold a password.
    """
    authority = url.partition("://")[2].partition("?")[0].partition("/")[0]
    user, _, hosts = authority.rpartition("@")
    if not all(hosts.split(",")):
        raise ValueError("a MongoDB store is mongodb://HOST/NAME, with several hosts separated by commas")
    if "@" in user or "/" in user:
        raise ValueError("a password in a MongoDB URL is percent-encoded: @ is %40, / is %2F, : is %3A")

"""Where accounts and sessions are kept."""

from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator

from doorward.settings.sections.section import Also, Section, not_in_this_release, split_url

_STORES: Final = frozenset({"sqlite", "postgresql", "mongodb", "mongodb+srv"})
_CACHES: Final = frozenset({"memory", "redis", "rediss"})


class StoreSettings(Section):
    """Where accounts and sessions are kept."""

    store_url: Annotated[SecretStr, Also(("DATABASE_URL",))] = Field(
        SecretStr(""),
        description="The store: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; a file in data_dir by default.",
    )
    store_pool_connections: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="The most connections to the store that one process holds; one for each thread by default.",
    )
    cache_url: Annotated[SecretStr, Also(("REDIS_URL",))] = Field(
        SecretStr("memory://"), description="Where counters and caches are kept: memory:// is in each process."
    )

    @field_validator("store_url")
    @classmethod
    def _check_store(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value():
            return url
        parts = split_url(url.get_secret_value(), schemes=_STORES)
        if parts.scheme.startswith("mongodb"):
            raise not_in_this_release("mongodb://", instead="sqlite:///FILE or postgresql://HOST/NAME")
        if parts.scheme == "sqlite" and parts.netloc:
            raise ValueError("a SQLite store is sqlite:///FILE, with three slashes, and a fourth for an absolute path")
        return url

    @field_validator("cache_url")
    @classmethod
    def _check_cache(cls, url: SecretStr) -> SecretStr:
        parts = split_url(url.get_secret_value(), schemes=_CACHES)
        if parts.scheme != "memory":
            raise not_in_this_release("redis://", instead="memory://")
        return url

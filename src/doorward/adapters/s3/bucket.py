"""The bucket as its driver reaches it, and what the driver's errors mean."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Final, NotRequired, TypedDict

from obstore.exceptions import BaseError
from obstore.store import S3Store

from doorward.adapters.s3.place import S3Place, Style
from doorward.core.files.errors import StorageFull
from doorward.core.kernel.errors import Unavailable

RETRY_AFTER: Final = timedelta(seconds=5)
TIMEOUT: Final = timedelta(seconds=20)
"""How long a request may take, with its body; and how long a stream may say nothing."""

_CONNECT: Final = timedelta(seconds=3)
_A_DAY: Final = timedelta(days=1)
RETRIES: Final = 3
_BACKOFF: Final = timedelta(seconds=1)
_FULL: Final = ("507 Insufficient Storage", "QuotaExceeded", "XMinioStorageFull")
"""How servers say that there is no room left."""

_NO_BUCKET: Final = "NoSuchBucket"
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        _NO_BUCKET: "there is no such bucket",
        "SignatureDoesNotMatch": "the secret is not the one of this key id",
        "InvalidAccessKeyId": "the key id is not known there",
        "AccessDenied": "it is not allowed",
        "403 Forbidden": "it is not allowed",
        "401 Unauthorized": "it is not known who asks",
        **dict.fromkeys(_FULL, "there is no room left"),
        "non-partial": "the server answers with all of an object when it is asked for a part",
        "error sending request": "it cannot be reached in time",
        "timed out": "it does not answer in time",
        "instance credentials": "no key id and no secret were found",
    }
)
"""What the driver's errors hold, and what it means; the first that fits."""


class S3Credential(TypedDict):
    """What the driver asks for. Its own type is not there while it runs."""

    access_key_id: str
    secret_access_key: str
    token: NotRequired[str | None]
    expires_at: datetime | None


def opened(
    place: S3Place, *, timeout: timedelta = TIMEOUT, is_streaming: bool = False, retries: int = RETRIES
) -> S3Store:
    """Return the driver for a place; nothing is connected yet. A stream may last a day, and be silent for `timeout`.

    The driver reads the variables of AWS too; what the URL says goes before them.
    """
    made = partial(
        S3Store,
        place.bucket,
        prefix=place.prefix or None,
        virtual_hosted_style_request=place.style is Style.VIRTUAL,
        skip_signature=False,
        disable_bulk_delete=True,  # one is removed at a time, and not every server knows the other way
        client_options={
            "allow_http": place.is_open,
            "connect_timeout": min(_CONNECT, timeout),
            "timeout": _A_DAY if is_streaming else timeout,
            "read_timeout": timeout,
        },
        retry_config={"max_retries": retries, "retry_timeout": timeout, "backoff": {"max_backoff": _BACKOFF}},
        credential_provider=_credentials(place),
    )
    if place.region is not None:
        made = partial(made, region=place.region)
    if place.address is not None:
        made = partial(made, endpoint=place.address, aws_endpoint_url_s3=place.address)
    return made()


def _credentials(place: S3Place) -> Callable[[], S3Credential] | None:
    """Return what says who asks. The driver then mixes in nothing of the environment, such as a session."""
    if place.key_id is None or place.secret is None:
        return None
    credential = S3Credential(access_key_id=place.key_id, secret_access_key=place.secret, token=None, expires_at=None)
    return lambda: credential


@contextmanager
def reaching() -> Iterator[None]:
    """Turn what the driver raises into our own. What is not there stays `FileNotFoundError`, unless it is the bucket.

    Raises: Unavailable. StorageFull.
    """
    try:
        yield
    except FileNotFoundError as error:
        if _NO_BUCKET in str(error):
            raise Unavailable(RETRY_AFTER) from OSError(reason(error))
        raise
    except BaseError as error:
        if any(sign in str(error) for sign in _FULL):
            raise StorageFull from error
        raise Unavailable(RETRY_AFTER) from OSError(reason(error))


def reason(error: Exception) -> str:
    """Return why the bucket cannot be used, in words of our own: those of the server may hold what it was sent."""
    said = str(error)
    return next((words for sign, words in _REASONS.items() if sign in said), "it does not answer as S3 does")

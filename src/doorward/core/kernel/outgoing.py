"""What Doorward asks of other servers: pages of theirs, and answers to forms."""

import json
from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Protocol

from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.json_value import JsonValue, depth, no_constant, unrepeated

MAX_JSON_DEPTH: Final = 16
"""How deep the JSON of another server may be nested."""

_RETRY_AFTER: Final = timedelta(seconds=10)


class Failure(StrEnum):
    """Why nothing was fetched."""

    URL = "url"
    NAME = "name"
    ADDRESS = "address"
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    TIME = "time"
    REDIRECT = "redirect"
    STATUS = "status"
    SIZE = "size"
    ENCODING = "encoding"
    TYPE = "type"
    CONTENT = "content"


class NotFetched(Unavailable):
    """Another server did not answer, or what it answered is nothing that we take.

    `reason` is for operators and holds neither a query nor anything of the answer's body.
    """

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(_RETRY_AFTER)
        self.failure = failure
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.failure}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `media_type` is in lower case and without parameters; an empty one was not said."""

    status: int
    media_type: str
    body: bytes

    def __repr__(self) -> str:
        return f"Fetched(status={self.status}, media_type={self.media_type!r}, bytes={len(self.body)})"


class Web(Protocol):
    """Speaks to other servers over https: to none in a private network, for no longer than a few seconds.

    No cookie is kept, no proxy of the environment is used, and no redirect is followed: what was asked is what answers.
    """

    @abstractmethod
    def get(self, url: str, *, accepts: Collection[str] = (), headers: Mapping[str, str] | None = None) -> Fetched:
        """Return the answer to a GET, whatever its status; `accepts` are the media types that will do, empty for any.

        Raises: NotFetched.
        """

    @abstractmethod
    def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        accepts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Return the answer to a POST of `form`, as `application/x-www-form-urlencoded`.

        Raises: NotFetched.
        """


class Documents(Protocol):
    """Fetches JSON documents that change rarely, such as key sets, and remembers them for a while."""

    @abstractmethod
    def get(self, url: str) -> Mapping[str, JsonValue]:
        """Return the members of a document, fetched now or a few minutes ago; an older one when its server is away.

        Raises: NotFetched.
        """

    @abstractmethod
    def renew(self, url: str) -> Mapping[str, JsonValue]:
        """Return a document because the one that is remembered lacks something.

        It is fetched anew unless that was done within the last seconds, so nobody can make us ask without end.
        Raises: NotFetched.
        """


def read_json(raw: bytes) -> JsonValue:
    """Return the value of a JSON text.

    Raises: ValueError, when it is none, repeats a member, holds NaN or is nested too deep.
    """
    try:
        value: JsonValue = json.loads(raw.decode("utf-8"), object_pairs_hook=unrepeated, parse_constant=no_constant)
        is_deep = depth(value) > MAX_JSON_DEPTH
    except RecursionError:
        is_deep = True
    if is_deep:
        raise ValueError("the JSON is nested too deep")
    return value


def read_object(raw: bytes) -> dict[str, JsonValue]:
    """Return the members of a JSON object.

    Raises: ValueError, when it is anything else.
    """
    value = read_json(raw)
    if not isinstance(value, dict):
        raise ValueError("the JSON is no object")  # noqa: TRY004 (a text is wrong, not a type)
    return value

"""What all sections share: how a setting is declared."""

import json
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Section(BaseModel):
    """Settings that belong together. A value that is refused never stands in the message."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Also:
    """Names that a setting answers to in the environment beside its own."""

    names: tuple[str, ...]


def split_words(value: object) -> object:
    """Return the words of a text that separates them by commas; what is a list already stays as it is."""
    if not isinstance(value, str):
        return value
    return [word.strip() for word in value.split(",") if word.strip()]


Words = BeforeValidator(split_words)
"""Reads a list from one line, as the environment writes it."""


def tables(name: str) -> BeforeValidator:
    """Return what reads a list of tables from one line, as the environment writes it: in JSON."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError(f"in one line, {name} are a list in JSON") from None

    return BeforeValidator(read)


def split_url(url: str, *, schemes: frozenset[str]) -> SplitResult:
    """Return the parts of a URL with one of `schemes`.

    Raises: ValueError, without the URL: it may hold a password.
    """
    try:
        parts = urlsplit(url)
        has_good_port = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError("this is not a URL") from None
    if parts.scheme not in schemes or not has_good_port:
        raise ValueError(f"the URL begins with {' or '.join(sorted(f'{scheme}://' for scheme in schemes))}")
    return parts

"""Keeping secrets out of the logs."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

REDACTED: Final = "[redacted]"
_MAX_DEPTH: Final = 6

_SECRET_WORDS: Final = frozenset(
    {
        "assertion",
        "authorization",
        "code",
        "cookie",
        "cookies",
        "credential",
        "credentials",
        "csrf",
        "jwt",
        "passphrase",
        "password",
        "passwords",
        "passwd",
        "pepper",
        "pin",
        "private",
        "secret",
        "secrets",
        "signature",
        "token",
        "tokens",
        "verifier",
    }
)
_HARMLESS_KEYS: Final = frozenset({"error_code", "refusal_code", "smtp_code", "status_code", "token_type"})
_WORD_BREAK: Final = re.compile(r"[^a-z]+|(?<=[a-z])(?=[A-Z])")
_SECRET_SHAPES: Final = re.compile(
    r"""
      eyJ[\w-]{5,}\.[\w-]*\.?[\w-]*                     # a JSON Web Token
    | \bdw[a-z]\d_[\w-]{20,}                            # an envelope of ours
    | (?<=://)[^/\s:@]*:[^/\s@]+(?=@)                   # a user and password in a URL
    | (?i:(?<=bearer\ )|(?<=basic\ ))[\w.~+/-]{8,}=*    # an Authorization header
    | (?i:(?<=[?&]code=)|(?<=[?&]token=)|(?<=[?&]state=))[^&\s]+
    """,
    re.VERBOSE,
)
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
_KEYS_REMEMBERED: Final = 1024


def redacted(event: Mapping[str, object]) -> dict[str, object]:
    """Return a log event without what is empty, and without secrets.

    What a secret's name says, and what has a secret's shape, is replaced. Most events have neither: that is seen by
    one look at all their keys and one at all their texts.
    """
    texts = "\n".join([value for value in event.values() if isinstance(value, str)])
    if not _is_suspicious(texts) and _PLAIN.issuperset(map(type, event.values())) and not _names_secret(tuple(event)):
        return {key: value for key, value in event.items() if value is not None}
    clean: dict[str, object] = {}
    for key, value in event.items():
        if value is None:
            continue
        if isinstance(value, str):
            clean[key] = REDACTED if _is_secret(key) else _clean_text(value)
        else:
            clean[key] = _clean(key, value, 0)
    return clean


def _clean(key: str, value: object, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    return REDACTED if _is_secret(key) else _clean_value(value, depth)


def _clean_value(value: object, depth: int) -> object:
    if depth > _MAX_DEPTH or isinstance(value, bytes | bytearray):
        return REDACTED
    match value:
        case str():
            return _clean_text(value)
        case int() | float():
            return value
        case Mapping():
            return {str(key): _clean(str(key), inner, depth + 1) for key, inner in value.items()}
        case Sequence() | set() | frozenset():
            return [_clean_value(inner, depth + 1) for inner in value]
        case _:
            return _clean_text(str(value))


def _clean_text(text: str) -> str:
    return _SECRET_SHAPES.sub(REDACTED, text) if _is_suspicious(text) else text


def _is_suspicious(text: str) -> bool:
    """Tell whether it may have a secret's shape. Without one of these nothing has: that costs a tenth of looking."""
    return "eyJ" in text or "dw" in text or "://" in text or " " in text or "=" in text


@lru_cache(_KEYS_REMEMBERED)
def _names_secret(keys: tuple[str, ...]) -> bool:
    return any(map(_is_secret, keys))


@lru_cache(_KEYS_REMEMBERED)
def _is_secret(key: str) -> bool:
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower().replace("-", "_")
    return spelled not in _HARMLESS_KEYS and not _SECRET_WORDS.isdisjoint(_WORD_BREAK.split(spelled))

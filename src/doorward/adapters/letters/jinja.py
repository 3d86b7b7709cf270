"""Letters in plain text and in HTML, from pairs of templates."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from doorward.core.onetime.records import PURPOSES, Purpose
from doorward.core.outbox.ports import Letters
from doorward.core.outbox.records import Letter, LetterKind, Mail

SUBJECTS: Final = {
    LetterKind.VERIFY_EMAIL: "Confirm your e-mail address for {brand}",
    LetterKind.ACCOUNT_EXISTS: "You already have an account at {brand}",
    LetterKind.USERNAME_TAKEN: "Choose another user name for {brand}",
    LetterKind.CHANGE_EMAIL: "Confirm your new e-mail address for {brand}",
    LetterKind.EMAIL_CHANGED: "Your e-mail address at {brand} was changed",
    LetterKind.RESET_PASSWORD: "Set a new password for {brand}",
    LetterKind.PASSWORD_CHANGED: "Your password at {brand} was changed",
    LetterKind.SIGN_IN_SUSPENDED: "Signing in to {brand} is suspended",
    LetterKind.NEW_SIGN_IN: "New sign-in to {brand}",
    LetterKind.SESSION_REUSE: "A session at {brand} was ended for your safety",
    LetterKind.ACCOUNT_CLOSING: "Your account at {brand} will be deleted",
    LetterKind.ACCOUNT_KEPT: "Your account at {brand} stays",
    LetterKind.FINISH_SIGN_IN: "Your code to sign in to {brand}",
    LetterKind.NOT_CONNECTED: "You already have an account at {brand}",
    LetterKind.IDENTITY_LINKED: "A way to sign in to {brand} was added",
    LetterKind.IDENTITY_UNLINKED: "A way to sign in to {brand} was removed",
}
"""The subject of every letter. It names nobody and nothing that a stranger chose."""

_TEMPLATES: Final = Path(__file__).parent / "templates"
_LONGEST_WORDS: Final = 120
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


Context = Mapping[str, str | int | None]
Renders = Callable[[str, Context], str]
"""Sets a template, by its name, with what it may use."""


class _Target(NamedTuple):
    path: str | None
    purpose: Purpose


_TARGETS: Final = {
    LetterKind.VERIFY_EMAIL: _Target("/verify", Purpose.VERIFY_EMAIL),
    LetterKind.CHANGE_EMAIL: _Target("/verify", Purpose.CHANGE_EMAIL),
    LetterKind.RESET_PASSWORD: _Target("/reset", Purpose.RESET_PASSWORD),
    LetterKind.SIGN_IN_SUSPENDED: _Target("/unlock", Purpose.UNLOCK_SIGN_IN),
    LetterKind.FINISH_SIGN_IN: _Target(None, Purpose.FINISH_SIGN_IN),
}


class JinjaLetters(Letters):
    """Sets letters from `text/<kind>.txt` and `html/<kind>.html`; a file in `overrides` goes before ours.

    The templates may use brand_name, username, link, code, link_minutes, code_minutes, when, issuer and detail. What
    people chose themselves comes in one line, without control characters, and is escaped in HTML.
    """

    def __init__(self, issuer: str, brand_name: str, *, overrides: Path | None = None) -> None:
        self._folders = [_TEMPLATES] if overrides is None else [overrides, _TEMPLATES]
        self._issuer = issuer.rstrip("/")
        self._brand = in_one_line(brand_name)

    def set(self, letter: Letter, *, mail_id: str, now: datetime) -> Mail:
        context = self._context(letter, now)
        return Mail(
            id=mail_id,
            to=letter.to,
            subject=SUBJECTS[letter.kind].format(brand=self._brand),
            text=self._render(f"text/{letter.kind}.txt", context),
            html=self._render(f"html/{letter.kind}.html", context),
            sent_at=now,
            token=letter.token,
            code=letter.code,
        )

    @cached_property
    def _render(self) -> Renders:
        from doorward.adapters.letters.sheets import sheets_in  # noqa: PLC0415 (many processes set no letter)

        return sheets_in(self._folders)

    def _context(self, letter: Letter, now: datetime) -> Context:
        target = _TARGETS.get(letter.kind)
        lives = PURPOSES[target.purpose] if target else None
        return {
            "brand_name": self._brand,
            "issuer": self._issuer,
            "username": in_one_line(letter.username),
            "detail": None if letter.detail is None else in_one_line(letter.detail),
            "link": self._link(letter, target),
            "code": letter.code,
            "link_minutes": int(lives.link.total_seconds() // 60) if lives else None,
            "code_minutes": int(lives.code.total_seconds() // 60) if lives and lives.code else None,
            "when": _spell(letter.happened_at or now),
        }

    def _link(self, letter: Letter, target: _Target | None) -> str | None:
        if target is None or target.path is None or letter.token is None:
            return None
        return f"{self._issuer}{target.path}?token={quote(letter.token, safe='')}"


def in_one_line(words: str) -> str:
    """Return words that somebody chose as one line of bounded length: no control, format or separator characters."""
    printable = "".join(" " if unicodedata.category(letter) in _UNPRINTABLE else letter for letter in words)
    line = " ".join(printable.split())
    return line if len(line) <= _LONGEST_WORDS else f"{line[: _LONGEST_WORDS - 1]}…"


def _spell(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"

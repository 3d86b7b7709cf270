from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from doorward.adapters.letters.jinja import SUBJECTS, JinjaLetters, in_one_line
from doorward.core.outbox.records import Letter, LetterKind, Mail
from doorward.testing.clock import START

ISSUER = "https://id.example.org"
KINDS = pytest.mark.parametrize("kind", list(LetterKind))
ACTING = {
    LetterKind.VERIFY_EMAIL: "/verify",
    LetterKind.CHANGE_EMAIL: "/verify",
    LetterKind.RESET_PASSWORD: "/reset",
    LetterKind.SIGN_IN_SUSPENDED: "/unlock",
}
HOSTILE = 'mal\r\nBcc: victim@example.net\r\n\r\n<script>alert("1")</script>\u202e&{{ 7*7 }}'


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses += [value for name, value in attrs if name in {"href", "src"} and value]


def a_letter(kind: LetterKind, *, username: str = "alice", detail: str | None = "Firefox on Linux") -> Letter:
    is_acting = kind in ACTING
    return Letter(
        kind=kind,
        to="alice@example.org",
        username=username,
        token="dwo1_verify-email_abc_def" if is_acting else None,
        code="12345678" if kind in {LetterKind.VERIFY_EMAIL, LetterKind.CHANGE_EMAIL} else None,
        happened_at=START - timedelta(hours=3),
        detail=detail,
    )


@cache
def letters_of(brand_name: str) -> JinjaLetters:
    return JinjaLetters(ISSUER, brand_name)


def set_letter(letter: Letter, *, brand_name: str = "Example") -> Mail:
    return letters_of(brand_name).set(letter, mail_id="0" * 26, now=START)


def elements(mail: Mail) -> Elements:
    parser = Elements()
    parser.feed(mail.html)
    return parser


@KINDS
def test_set_every_kind_has_subject_text_and_html(kind: LetterKind) -> None:
    mail = set_letter(a_letter(kind))

    assert "Example" in mail.subject
    assert "Example" in mail.text
    assert "Example" in mail.html
    assert (mail.to, mail.id, mail.sent_at) == ("alice@example.org", "0" * 26, START)


@pytest.mark.parametrize(("kind", "path"), ACTING.items())
def test_set_acting_letter_carries_its_link_in_both_parts(kind: LetterKind, path: str) -> None:
    mail = set_letter(a_letter(kind))
    link = f"{ISSUER}{path}?token=dwo1_verify-email_abc_def"

    assert link in mail.text
    assert link in elements(mail).addresses
    assert mail.token == "dwo1_verify-email_abc_def"


@pytest.mark.parametrize("kind", [LetterKind.VERIFY_EMAIL, LetterKind.CHANGE_EMAIL])
def test_set_letter_with_code_shows_it_in_both_parts(kind: LetterKind) -> None:
    mail = set_letter(a_letter(kind))

    assert "12345678" in mail.text.replace(" ", "")
    assert "12345678" in mail.html.replace(" ", "")
    assert mail.code == "12345678"


@KINDS
def test_set_links_lead_to_the_issuer_alone(kind: LetterKind) -> None:
    assert all(address.startswith(ISSUER) for address in elements(set_letter(a_letter(kind))).addresses)


@KINDS
def test_set_hostile_names_change_neither_header_nor_markup(kind: LetterKind) -> None:
    plain = set_letter(a_letter(kind))

    mail = set_letter(a_letter(kind, username=HOSTILE, detail=HOSTILE), brand_name=HOSTILE)

    assert mail.subject.isprintable()
    assert "\r" not in mail.text
    assert "\nBcc:" not in mail.text
    assert "\u202e" not in mail.text + mail.html + mail.subject
    assert "49" not in mail.text
    assert elements(mail).names == elements(plain).names
    assert elements(mail).addresses == elements(plain).addresses


@KINDS
def test_set_letter_without_detail_and_token_still_sets(kind: LetterKind) -> None:
    bare = Letter(kind, "alice@example.org", "alice")

    mail = set_letter(bare)

    assert "None" not in mail.text + mail.html


def test_subjects_cover_every_kind() -> None:
    assert set(SUBJECTS) == set(LetterKind)


def test_set_token_is_escaped_in_the_link() -> None:
    letter = Letter(LetterKind.RESET_PASSWORD, "a@example.org", "alice", token='x&y="z"')

    assert f"{ISSUER}/reset?token=x%26y%3D%22z%22" in set_letter(letter).text


def test_set_override_goes_before_the_shipped_template(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "account_kept.txt").write_text("{{ username }}, welcome back to {{ brand_name }} ({{ when }})")
    letters = JinjaLetters(ISSUER, "Example", overrides=tmp_path)

    mail = letters.set(a_letter(LetterKind.ACCOUNT_KEPT), mail_id="0" * 26, now=START)

    assert mail.text == "alice, welcome back to Example (31 December 2025, 21:00 UTC)"
    assert mail.html == set_letter(a_letter(LetterKind.ACCOUNT_KEPT)).html


def test_set_override_with_unknown_name_fails(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "account_kept.txt").write_text("{{ password }}")
    letters = JinjaLetters(ISSUER, "Example", overrides=tmp_path)

    with pytest.raises(UndefinedError):
        letters.set(a_letter(LetterKind.ACCOUNT_KEPT), mail_id="0" * 26, now=START)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("alice", "alice"),
        ("  two\r\n lines\t\u2028here ", "two lines here"),
        ("zero\u200bwidth \x00null \ud800half", "zero width null half"),
        ("x" * 121, "x" * 119 + "…"),
        ("", ""),
    ],
)
def test_in_one_line_returns_printable_words(words: str, line: str) -> None:
    assert in_one_line(words) == line

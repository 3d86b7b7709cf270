from datetime import datetime, timedelta

import pytest

from doorward.core.accounts import names
from doorward.core.federation import rules
from doorward.core.federation.records import Person
from tests.builders import NOW
from tests.upstream import a_provider


@pytest.mark.parametrize(
    ("trusts", "email", "verified", "counts"),
    [
        (("mail.example",), "ada@mail.example", True, True),
        (("Mail.Example",), "ADA@MAIL.EXAMPLE", True, True),
        (("*",), "ada@anything.example", True, True),
        (("*",), "ada@anything.example", False, False),
        (("mail.example",), "ada@mail.example", False, False),
        (("mail.example",), "ada@sub.mail.example", True, False),
        ((), "ada@mail.example", True, False),
    ],
)
def test_vouches_for_needs_both_the_word_and_the_trust(
    trusts: tuple[str, ...],
    email: str,
    verified: bool,  # noqa: FBT001 (a parameter of the test)
    counts: bool,  # noqa: FBT001
) -> None:
    person = Person("https://id.example", "1", email, verified)

    assert rules.vouches_for(a_provider("oidc", trusts=trusts), person, names.email(email)) is counts


@pytest.mark.parametrize(
    ("told", "email", "first"),
    [
        (("Ada Lovelace",), None, "ada-lovelace"),
        (("ada",), "other@mail.example", "ada"),
        (("x",), "grace@mail.example", "grace"),
        (("<script>alert(1)</script>",), None, "script-alert-1---script"),
        (("...",), "no", "member-"),
        ((), None, "member-"),
        (("a" * 80,), None, "a" * 32),
        (("علي٢",), None, "علي٢"),  # which no ASCII digit may follow (RFC 5893 section 2)
    ],
)
def test_usernames_for_begin_with_what_the_person_is_called(
    told: tuple[str, ...], email: str | None, first: str
) -> None:
    person = Person("https://id.example", "1", email, names=told)

    found = [name.shown for name in rules.usernames_for(person)]

    assert found[0].startswith(first)
    assert len(found) >= 4
    assert all(len(name) <= names.LONGEST_USERNAME for name in found)


@pytest.mark.parametrize(
    ("email", "told", "label"),
    [("ada@mail.example", ("ada",), "ada@mail.example"), (None, ("ada",), "ada"), (None, (), "1")],
)
def test_label_of_is_what_the_owner_knows_it_by(email: str | None, told: tuple[str, ...], label: str) -> None:
    assert rules.label_of(Person("https://id.example", "1", email, names=told)) == label


@pytest.mark.parametrize(
    ("at", "is_confirmed"),
    [(NOW, True), (NOW - timedelta(seconds=30), True), (NOW - timedelta(seconds=31), False)],
)
@pytest.mark.parametrize("tells_when", [True, False])
def test_is_confirmed_since_it_was_begun(at: datetime, is_confirmed: bool, tells_when: bool) -> None:  # noqa: FBT001
    person, now = Person("https://id.example", "1", authenticated_at=at), NOW + timedelta(minutes=1)

    assert rules.is_confirmed(person, tells_when=tells_when, begun_at=NOW, now=now) is is_confirmed


@pytest.mark.parametrize("tells_when", [True, False])
def test_is_confirmed_without_a_word_of_when_only_by_who_never_tells(tells_when: bool) -> None:  # noqa: FBT001
    person = Person("https://id.example", "1")

    assert rules.is_confirmed(person, tells_when=tells_when, begun_at=NOW, now=NOW) is not tells_when


def test_is_confirmed_too_long_ago_is_not() -> None:
    person = Person("https://id.example", "1", authenticated_at=NOW)

    assert rules.is_confirmed(person, tells_when=True, begun_at=NOW, now=NOW + timedelta(minutes=6)) is False

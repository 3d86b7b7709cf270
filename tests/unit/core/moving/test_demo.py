"""People who never were: each record is one that the product itself could have written, and none is there twice."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from doorward.core.accounts import names
from doorward.core.kernel.ids import is_id, made_at
from doorward.core.kernel.secrets import digest
from doorward.core.moving.demo import Demo, email_of, password_of, username_of
from doorward.core.moving.records import ACCOUNTS, DEVICES, SESSIONS, Kind, Value
from doorward.core.sessions.records import LIFETIMES
from doorward.core.sessions.records import Kind as SessionKind
from tests.builders import NOW

KEY = bytes(range(32))
COUNTS = st.integers(1, 10_000_000)
KEYS = st.binary(min_size=32, max_size=32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def a_demo(accounts: int = 3, sessions: int = 7, *, key: bytes = KEY) -> Demo:
    return Demo(accounts, sessions, key, NOW, "a hash")


def read(demo: Demo, kind: Kind, number: int) -> dict[str, Value]:
    (row,) = demo.rows(kind, range(number, number + 1))
    return dict(zip(kind.columns, row, strict=True))


def moment(value: Value) -> datetime:
    assert isinstance(value, int)
    return EPOCH + timedelta(microseconds=value)


@given(st.integers(1, 99_999_999))
def test_account_has_the_keys_that_the_product_would_give_it(number: int) -> None:
    made = read(a_demo(number), ACCOUNTS, number)

    name, email = names.username(username_of(number)), names.email(email_of(number))
    assert (made["username"], made["username_key"], made["username_skeleton"]) == (name.shown, name.key, name.skeleton)
    assert (made["email"], made["email_key"]) == (email.shown, email.key)


@given(COUNTS, COUNTS, st.data())
def test_session_is_live_and_its_owners_on_a_device_of_its_own(
    accounts: int, sessions: int, data: st.DataObject
) -> None:
    demo, number = a_demo(accounts, sessions), data.draw(st.integers(1, sessions))

    made, device = read(demo, SESSIONS, number), read(demo, DEVICES, number)

    owner = read(demo, ACCOUNTS, demo.owner_of(number))
    kind = SessionKind(str(made["kind"]))
    began_at = moment(made["created_at"])
    assert (made["account_id"], made["device_id"]) == (owner["id"], device["id"])
    assert device["account_id"] == owner["id"]
    assert moment(owner["created_at"]) <= began_at <= NOW < moment(made["idle_expires_at"])
    assert moment(made["idle_expires_at"]) == began_at + LIFETIMES[kind].idle
    assert moment(made["expires_at"]) == began_at + LIFETIMES[kind].absolute
    assert made["gone_day"] == (moment(made["idle_expires_at"]) - EPOCH).days
    assert made["digest"] == digest(demo.secret_of(number))


@given(COUNTS, COUNTS, KEYS, st.data())
def test_identifiers_differ_and_sort_as_numbers_do(
    accounts: int, sessions: int, key: bytes, data: st.DataObject
) -> None:
    demo = a_demo(accounts, sessions, key=key)
    some = sorted(data.draw(st.sets(st.integers(1, min(accounts, sessions)), min_size=1, max_size=20)))

    for made in (
        [demo.account_id(n) for n in some],
        [demo.session_id(n) for n in some],
        [demo.device_id(n) for n in some],
    ):
        assert made == sorted(set(made))
        assert len(made) == len(some)
        assert all(is_id(each) and NOW - timedelta(days=366) < made_at(each) <= NOW for each in made)


def test_identifiers_of_one_moment_differ_and_sort_too() -> None:
    demo = Demo(1_000, 1_000, KEY, NOW, "a hash", span=timedelta(0))

    made = [demo.account_id(number) for number in range(1, 1_001)]

    assert made == sorted(set(made))
    assert len(made) == 1_000


@given(COUNTS, COUNTS, KEYS, KEYS, st.data())
def test_secrets_are_those_of_the_key_alone(
    accounts: int, sessions: int, key: bytes, other: bytes, data: st.DataObject
) -> None:
    number = data.draw(st.integers(1, sessions))
    one, same, another = (a_demo(accounts, sessions, key=each) for each in (key, key, other))

    assert one.rows(SESSIONS, range(number, number + 1)) == same.rows(SESSIONS, range(number, number + 1))
    assert (one.secret_of(number) == another.secret_of(number)) == (key == other)
    assert (password_of(key) == password_of(other)) == (key == other)


def test_sessions_of_one_account_are_of_both_kinds_in_turns() -> None:
    demo = a_demo(2, 8)

    of_first = [demo.kind_of(number) for number in range(1, 9) if demo.owner_of(number) == 1]

    assert of_first == [SessionKind.MOBILE, SessionKind.WEB] * 2


def test_made_says_how_many_there_are_of_each_kind() -> None:
    counts = {kind.name: count for kind, count in a_demo(5, 3).made()}

    assert counts == {"accounts": 5, "passwords": 5, "attempts": 3, "devices": 3, "sessions": 3}


def test_demo_shows_no_secret() -> None:
    assert "hash" not in repr(a_demo())
    assert repr(KEY) not in repr(a_demo())

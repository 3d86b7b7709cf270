"""What instances say to each other, and what strangers try to say to them."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.adapters.redis.messages import EVERYTHING, MOST_ACCOUNTS, VERSION, Messages, News
from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId

KEY = bytes(range(32))
ONE, OTHER = Messages(KEY, "one"), Messages(KEY, "other")
SOME = News(accounts=frozenset({AccountId("a"), AccountId("b")}), has_jobs=True)


def sealed(body: bytes) -> bytes:
    """Return a message as somebody writes it who has the key."""
    return secrets.mac(KEY, b"message", body).hex()[:32].encode() + body


def test_read_what_another_wrote_returns_it() -> None:
    assert OTHER.read(ONE.write(SOME)) == SOME
    assert OTHER.read(ONE.write(EVERYTHING)) == EVERYTHING


def test_read_own_message_is_passed_over() -> None:
    assert ONE.read(ONE.write(SOME)) is None


def test_own_since_is_the_moment_by_the_writers_clock_and_nobody_elses() -> None:
    message = ONE.write(SOME, at=12.5)

    assert ONE.own_since(message) == 12.5
    assert OTHER.own_since(message) is None
    assert ONE.own_since(sealed(b"nonsense")) is None
    assert ONE.own_since(b"unsealed") is None


def test_read_message_of_another_deployment_is_passed_over() -> None:
    stranger = Messages(bytes(32), "stranger")

    assert ONE.read(stranger.write(SOME)) is None
    assert stranger.channel != ONE.channel == OTHER.channel


@given(st.binary(max_size=200))
def test_read_bytes_of_a_stranger_are_passed_over(raw: bytes) -> None:
    assert ONE.read(raw) is None


@given(st.data())
def test_read_changed_message_is_passed_over(data: st.DataObject) -> None:
    message = ONE.write(SOME)
    position = data.draw(st.integers(min_value=0, max_value=len(message) - 1))
    changed = message[:position] + bytes([message[position] ^ 1]) + message[position + 1 :]

    assert OTHER.read(changed) is None


@given(st.binary(max_size=200))
def test_read_sealed_nonsense_is_taken_for_the_most_it_can_mean(body: bytes) -> None:
    assert ONE.read(sealed(body)) == EVERYTHING


def test_read_later_version_is_taken_for_the_most_it_can_mean() -> None:
    later = b'{"version": %d, "sender": "later", "forget_clients": ["c"]}' % (VERSION + 1)

    assert ONE.read(sealed(later)) == EVERYTHING


def test_read_members_that_a_later_release_adds_are_passed_over() -> None:
    body = b'{"version": 1, "sender": "later", "accounts": ["a"], "mood": "fine"}'

    assert ONE.read(sealed(body)) == News(accounts=frozenset({AccountId("a")}))


def test_or_more_accounts_than_are_named_becomes_everything() -> None:
    many = News(accounts=frozenset(AccountId(f"{number}") for number in range(MOST_ACCOUNTS)))

    both = many | News(accounts=frozenset({AccountId("one more")}), has_keys=True)

    assert both == News(is_everything=True, has_keys=True)


def test_write_names_no_address_and_the_channel_tells_nothing_of_the_key() -> None:
    assert b"@" not in ONE.write(SOME)
    assert KEY.hex() not in ONE.channel
    assert "key=" not in repr(ONE)

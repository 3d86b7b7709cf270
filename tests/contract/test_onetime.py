"""One-time artefacts, in every store."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.onetime.records import CODE_TRIES, OneTime, Purpose
from tests.builders import NOW
from tests.contract.builders import HOUR, MANY, Undone, a_coded_link, a_digest, a_link, at_once, undone

ADDRESS = "margaret@mail.example"


def kept(store: Store, *artefacts: OneTime) -> None:
    with store.work() as work:
        for artefact in artefacts:
            work.onetimes.add(artefact)


def by_code(store: Store, code: bytes, *, address: str = ADDRESS) -> OneTime | None:
    with store.work() as work:
        return work.onetimes.consume_code(Purpose.VERIFY_EMAIL, address, code_digest=code, now=NOW)


def by_link(store: Store, number: int, *, purpose: Purpose = Purpose.RESET_PASSWORD) -> OneTime | None:
    with store.work() as work:
        return work.onetimes.consume(purpose, a_digest(number), now=NOW)


def test_consume_gives_the_artefact_once(store: Store) -> None:
    kept(store, a_link(1))

    first, second = by_link(store, 1), by_link(store, 1)

    assert first == a_link(1)
    assert second is None


def test_consume_other_purpose_takes_nothing(store: Store) -> None:
    kept(store, a_link(1))

    wrong = by_link(store, 1, purpose=Purpose.UNLOCK_SIGN_IN)
    right = by_link(store, 1)

    assert wrong is None
    assert right is not None


def test_consume_expired_or_unknown_is_none(store: Store) -> None:
    kept(store, replace(a_link(1), expires_at=NOW))

    assert by_link(store, 1) is None
    assert by_link(store, 2) is None


@pytest.mark.parametrize("purpose", Purpose)
def test_consume_many_at_once_one_gets_it(store: Store, purpose: Purpose) -> None:
    kept(store, a_link(1, purpose=purpose))

    taken = at_once(50, lambda _: by_link(store, 1, purpose=purpose))

    assert sum(artefact is not None for artefact in taken) == 1


def test_consume_undone_with_its_unit_can_be_had_again(store: Store) -> None:
    kept(store, a_link(1))

    with pytest.raises(Undone):
        undone(store, lambda work: work.onetimes.consume(Purpose.RESET_PASSWORD, a_digest(1), now=NOW))

    assert by_link(store, 1) == a_link(1)


def test_peek_leaves_it(store: Store) -> None:
    kept(store, a_link(1))

    with store.view() as view:
        peeked = view.onetimes.peek(Purpose.RESET_PASSWORD, a_digest(1), now=NOW)
        late = view.onetimes.peek(Purpose.RESET_PASSWORD, a_digest(1), now=NOW + HOUR)
        other = view.onetimes.peek(Purpose.VERIFY_EMAIL, a_digest(1), now=NOW)

    assert peeked == a_link(1)
    assert late is None
    assert other is None
    assert by_link(store, 1) == a_link(1)


def rewritten(
    store: Store, artefact: OneTime, *, expected: OneTime, now: datetime = NOW, **payload: str
) -> tuple[bool, OneTime | None]:
    """Return whether another payload was written, and what is kept afterwards."""
    changed = replace(artefact, subject="another", payload=payload)
    with store.work() as work:
        was_written = work.onetimes.replace(changed, expected=expected, now=now)
    with store.view() as view:
        return was_written, view.onetimes.peek(Purpose.RESET_PASSWORD, a_digest(1), now=NOW)


def test_replace_writes_subject_and_payload_and_nothing_else(store: Store) -> None:
    kept(store, a_link(1))
    changed = replace(a_link(1), expires_at=NOW + 2 * HOUR)

    was_written, found = rewritten(store, changed, expected=a_link(1), state="new")

    assert was_written
    assert found == replace(a_link(1), subject="another", payload={"state": "new"})


def test_replace_what_was_changed_meanwhile_is_left_as_it_is(store: Store) -> None:
    kept(store, a_link(1))
    rewritten(store, a_link(1), expected=a_link(1), state="first")

    was_written, found = rewritten(store, a_link(1), expected=a_link(1), state="second")

    assert not was_written
    assert found is not None
    assert found.payload == {"state": "first"}


def test_replace_expired_unknown_or_of_another_purpose_writes_nothing(store: Store) -> None:
    kept(store, a_link(1))
    others = [a_link(2), replace(a_link(1), purpose=Purpose.UNLOCK_SIGN_IN)]

    answers = [rewritten(store, other, expected=a_link(1), state="new") for other in others]
    answers.append(rewritten(store, a_link(1), expected=a_link(1), now=NOW + HOUR, state="new"))

    assert answers == [(False, a_link(1))] * 3


def test_replace_what_was_consumed_does_not_bring_it_back(store: Store) -> None:
    kept(store, a_link(1))
    by_link(store, 1)

    assert rewritten(store, a_link(1), expected=a_link(1), state="new") == (False, None)


def test_replace_many_at_once_one_writes(store: Store) -> None:
    kept(store, a_link(1))

    answers = at_once(MANY, lambda number: rewritten(store, a_link(1), expected=a_link(1), state=f"{number}"))

    assert [was_written for was_written, _ in answers].count(True) == 1


def test_replace_undone_with_its_unit_leaves_what_was(store: Store) -> None:
    kept(store, a_link(1))
    changed = replace(a_link(1), payload={"state": "new"})

    with pytest.raises(Undone):
        undone(store, lambda work: work.onetimes.replace(changed, expected=a_link(1), now=NOW))

    assert by_link(store, 1) == a_link(1)


def test_consume_code_right_code_gives_it_once(store: Store) -> None:
    kept(store, a_coded_link(1))

    first, second = by_code(store, b"right"), by_code(store, b"right")

    assert first == a_coded_link(1)
    assert second is None
    assert by_link(store, 1, purpose=Purpose.VERIFY_EMAIL) is None


def test_consume_code_last_try_may_be_right(store: Store) -> None:
    kept(store, a_coded_link(1))

    wrong = [by_code(store, b"wrong") for _ in range(CODE_TRIES - 1)]
    right = by_code(store, b"right")

    assert wrong == [None] * (CODE_TRIES - 1)
    assert right is not None


def test_consume_code_tries_used_up_only_the_link_works(store: Store) -> None:
    kept(store, a_coded_link(1))

    for _ in range(CODE_TRIES):
        by_code(store, b"wrong")

    assert by_code(store, b"right") is None
    assert by_link(store, 1, purpose=Purpose.VERIFY_EMAIL) == a_coded_link(1)


def test_consume_code_many_wrong_at_once_use_up_every_try(store: Store) -> None:
    kept(store, a_coded_link(1))

    at_once(MANY, lambda number: by_code(store, bytes([number])))

    assert by_code(store, b"right") is None


def test_consume_code_many_right_at_once_one_gets_it(store: Store) -> None:
    kept(store, a_coded_link(1))

    taken = at_once(CODE_TRIES, lambda _: by_code(store, b"right"))

    assert sum(artefact is not None for artefact in taken) == 1


def test_consume_code_expired_is_none(store: Store) -> None:
    kept(store, replace(a_coded_link(1), code_expires_at=NOW))

    assert by_code(store, b"right") is None
    assert by_link(store, 1, purpose=Purpose.VERIFY_EMAIL) is not None


def test_consume_code_another_address_or_purpose_is_none(store: Store) -> None:
    kept(store, a_coded_link(1), a_coded_link(2, purpose=Purpose.CHANGE_EMAIL, code=b"other"))

    assert by_code(store, b"right", address="another@mail.example") is None
    assert by_code(store, b"other") is None


def test_add_new_code_replaces_the_one_before_whose_link_works(store: Store) -> None:
    kept(store, a_coded_link(1, code=b"old"))
    for _ in range(CODE_TRIES):
        by_code(store, b"wrong")

    kept(store, a_coded_link(2, code=b"new"))

    assert by_code(store, b"old") is None
    assert by_code(store, b"new") == a_coded_link(2, code=b"new")
    old = by_link(store, 1, purpose=Purpose.VERIFY_EMAIL)
    assert old is not None
    assert (old.address_key, old.code_digest) == (None, None)


def test_add_many_codes_at_once_one_works(store: Store) -> None:
    at_once(MANY, lambda number: kept(store, a_coded_link(number, code=bytes([number]))))

    links = [by_link(store, number, purpose=Purpose.VERIFY_EMAIL) for number in range(MANY)]

    assert all(link is not None for link in links)
    assert sum(link is not None and link.address_key is not None for link in links) == 1


def test_discard_one_purpose_or_all(store: Store) -> None:
    kept(
        store,
        a_link(1),
        a_link(2),
        a_link(3, purpose=Purpose.UNLOCK_SIGN_IN),
        a_link(4, subject="another"),
    )

    with store.work() as work:
        of_one_purpose = work.onetimes.discard("somebody", Purpose.RESET_PASSWORD)
        of_all = work.onetimes.discard("somebody")

    assert (of_one_purpose, of_all) == (2, 1)
    assert by_link(store, 4) is not None


def test_live_counts_what_could_be_consumed(store: Store) -> None:
    kept(store, a_link(1), a_link(2), replace(a_link(3), expires_at=NOW), a_link(4, purpose=Purpose.VERIFY_EMAIL))

    with store.view() as view:
        assert view.onetimes.live(Purpose.RESET_PASSWORD, now=NOW) == 2
        assert view.onetimes.live(Purpose.UNLOCK_SIGN_IN, now=NOW) == 0


def test_purge_removes_what_expired_before(store: Store) -> None:
    kept(store, a_link(1), replace(a_link(2), expires_at=NOW + 2 * HOUR))

    with store.work() as work:
        removed = work.onetimes.purge(NOW + HOUR + timedelta(microseconds=1))

    assert removed == 1
    assert by_link(store, 2) is not None


def test_purge_of_one_purpose_leaves_the_others_alone(store: Store) -> None:
    kept(store, a_link(1), a_link(2, purpose=Purpose.DPOP_PROOF))
    late = NOW + HOUR + timedelta(microseconds=1)

    with store.work() as work:
        removed = work.onetimes.purge(late, Purpose.DPOP_PROOF)

    assert removed == 1
    assert by_link(store, 2, purpose=Purpose.DPOP_PROOF) is None
    assert by_link(store, 1) == a_link(1)


def spent(
    store: Store, *, purpose: Purpose = Purpose.DPOP_PROOF, number: int = 1, until: datetime = NOW + HOUR
) -> bool:
    with store.work() as work:
        return work.onetimes.spend(purpose, a_digest(number), until=until, now=NOW)


def test_spend_is_true_once(store: Store) -> None:
    assert [spent(store), spent(store), spent(store, until=NOW + 2 * HOUR)] == [True, False, False]
    assert spent(store, number=2)


def test_spend_purposes_do_not_stand_for_each_other(store: Store) -> None:
    kept(store, a_link(1))

    first = [spent(store, purpose=purpose) for purpose in (Purpose.DPOP_PROOF, Purpose.CLIENT_ASSERTION)]
    again = [spent(store, purpose=purpose) for purpose in (Purpose.DPOP_PROOF, Purpose.CLIENT_ASSERTION)]

    assert (first, again) == ([True, True], [False, False])
    assert by_link(store, 1, purpose=Purpose.DPOP_PROOF) is None
    assert by_link(store, 1) == a_link(1)


@pytest.mark.parametrize("until", [NOW, NOW - HOUR])
def test_spend_what_is_too_old_is_never_taken(store: Store, until: datetime) -> None:
    assert not spent(store, until=until)
    assert spent(store)


@pytest.mark.parametrize("purpose", [Purpose.DPOP_PROOF, Purpose.CLIENT_ASSERTION])
def test_spend_many_at_once_one_gets_true(store: Store, purpose: Purpose) -> None:
    assert at_once(50, lambda _: spent(store, purpose=purpose)).count(True) == 1


def test_spend_undone_with_its_unit_can_be_spent_again(store: Store) -> None:
    with pytest.raises(Undone):
        undone(store, lambda work: work.onetimes.spend(Purpose.DPOP_PROOF, a_digest(1), until=NOW + HOUR, now=NOW))

    assert spent(store)


def test_purge_forgets_what_was_spent_when_it_is_refused_for_its_age(store: Store) -> None:
    spent(store)

    with store.work() as work:
        in_time = work.onetimes.purge(NOW + HOUR)
        late = work.onetimes.purge(NOW + HOUR + timedelta(microseconds=1))

    assert (in_time, late) == (0, 1)

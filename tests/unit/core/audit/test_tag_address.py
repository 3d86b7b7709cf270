from datetime import timedelta

from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.core.audit import rules
from doorward.core.audit.records import AuditKind
from doorward.core.audit.tag_address import TagAddress
from tests.house import House

DAY = timedelta(days=1)


def another(house: House, *, key: bytes | None = None) -> TagAddress:
    """Return the flow of another process."""
    sealer = AesGcmSealer(key) if key else house.tools.tag_address.sealer
    return TagAddress(house.store.work, sealer, house.clock)


def test_tag_address_is_the_same_for_a_day_in_every_process(house: House) -> None:
    tag = house.tools.tag_address("192.0.2.7")
    house.clock.pause(timedelta(hours=23))

    assert house.tools.tag_address("192.0.2.7") == tag
    assert another(house)("192.0.2.7") == tag
    assert another(house)("192.0.2.8") != tag


def test_tag_address_is_another_the_next_day(house: House) -> None:
    tag = house.tools.tag_address("192.0.2.7")
    house.clock.pause(DAY)

    assert house.tools.tag_address("192.0.2.7") != tag


def test_tag_address_asks_the_store_once_a_day(house: House) -> None:
    before = len(house.statements)

    for number in range(50):
        house.tools.tag_address(f"192.0.2.{number}")

    assert house.statements[before:] == ["address_keys.add"]


def test_tag_address_whose_key_cannot_be_opened_is_still_a_pseudonym(house: House) -> None:
    house.tools.tag_address("192.0.2.7")

    tag = another(house, key=bytes(32))("192.0.2.7")

    assert len(tag) == 26
    assert tag != house.tools.tag_address("192.0.2.7")


def test_forget_addresses_destroys_each_key_after_thirty_days(house: House) -> None:
    house.tools.tag_address("192.0.2.7")
    house.clock.pause(31 * DAY - timedelta(seconds=1))

    early = house.flows.forget_addresses()
    house.clock.pause(timedelta(seconds=1))
    in_time = house.flows.forget_addresses()

    assert (early, in_time) == (0, 1)
    with house.store.view() as view:
        assert view.address_keys.of("2026-01-01") is None
        assert view.address_keys.oldest() is None
        events = [entry.event for entry in view.audit.read()]
    assert [event.detail for event in events if event.kind is AuditKind.ADDRESSES_FORGOTTEN] == [{"days": "1"}]


def test_forget_addresses_makes_brute_force_impossible_for_the_operator_too(house: House) -> None:
    address = "192.0.2.7"
    tag = house.tools.tag_address(address)
    every = [f"192.0.2.{number}" for number in range(256)]

    def found(key: bytes) -> list[str]:
        return [one for one in every if rules.pseudonymise_address(one, key) == tag]

    with house.store.view() as view:
        kept = view.address_keys.of("2026-01-01")
    assert kept is not None
    opened = house.tools.tag_address.sealer.open(kept.sealed_key, context=rules.context_of("2026-01-01"))
    assert opened is not None
    before = found(opened)
    house.clock.pause(31 * DAY)
    house.flows.forget_addresses()
    fresh = another(house)

    assert before == [address]
    assert found(kept.sealed_key) == found(b"") == []
    assert [one for one in every if fresh(one) == tag] == []
    house.clock.pause(-31 * DAY)
    assert [one for one in every if another(house)(one) == tag] == []

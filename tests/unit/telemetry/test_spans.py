"""What is believed of a traceparent, and which requests are followed."""

import pytest

from doorward.telemetry.spans import Heard, begun, below, read

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


def test_read_the_specifications_own_example() -> None:
    assert read(f"00-{TRACE}-{SPAN}-01") == Heard(TRACE, SPAN, is_sampled=True)
    assert read(f"00-{TRACE}-{SPAN}-00") == Heard(TRACE, SPAN, is_sampled=False)


@pytest.mark.parametrize(
    "presented",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param(f"ff-{TRACE}-{SPAN}-01", id="a version that is refused"),
        pytest.param(f"00-{'0' * 32}-{SPAN}-01", id="no trace"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01", id="no span"),
        pytest.param(f"00-{TRACE.upper()}-{SPAN}-01", id="capitals"),
        pytest.param(f"00-{TRACE}-{SPAN}-01-more", id="more"),
        pytest.param(f"00-{TRACE}-{SPAN}-01\n", id="a line break"),
        pytest.param(f"00-{TRACE}-{SPAN}", id="less"),
    ],
)
def test_read_what_is_not_well_formed_says_nothing(presented: str | None) -> None:
    assert read(presented) is None


def test_below_is_a_span_of_its_own_in_the_same_trace() -> None:
    place = below(f"00-{TRACE}-{SPAN}-01")

    assert place is not None
    assert (place.trace_id, place.parent_id) == (TRACE, SPAN)
    assert place.span_id != SPAN
    assert read(place.traceparent) == Heard(TRACE, place.span_id, is_sampled=True)


@pytest.mark.parametrize("flags", ["00", "02"])
def test_below_what_is_not_kept_is_nothing(flags: str) -> None:
    assert below(f"00-{TRACE}-{SPAN}-{flags}") is None


def test_begun_is_named_as_the_request_is_and_otherwise_by_chance() -> None:
    named, other = begun(TRACE, ratio=1), begun("gate-123", ratio=1)

    assert named is not None
    assert named.trace_id == TRACE
    assert other is not None
    assert len(other.trace_id) == 32


def test_begun_keeps_the_part_that_is_wanted() -> None:
    kept = [begun(f"{0:016x}{number << 54:016x}"[:32], ratio=0.25) for number in range(1, 1024)]

    assert sum(place is not None for place in kept) == 255
    assert begun(TRACE, ratio=0) is None

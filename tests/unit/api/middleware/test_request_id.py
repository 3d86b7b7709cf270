"""Names of requests."""

from datetime import UTC, datetime, timedelta

import pytest

from doorward.api.middleware.request_id import request_id

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_request_id_fresh_ones_differ_and_sort_by_time() -> None:
    earlier = {request_id(None, now=NOW) for _ in range(100)}
    later = request_id(None, now=NOW + timedelta(seconds=1))

    assert len(earlier) == 100
    assert max(earlier) < later
    assert {len(each) for each in earlier} == {32}


def test_request_id_of_a_trusted_proxy_is_kept() -> None:
    assert request_id("edge-0123456789", now=NOW) == "edge-0123456789"


@pytest.mark.parametrize("presented", ["short", "a" * 65, "white space", "<script>alert</script>", "line\nbreak12", ""])
def test_request_id_malformed_one_is_replaced(presented: str) -> None:
    assert request_id(presented, now=NOW) != presented

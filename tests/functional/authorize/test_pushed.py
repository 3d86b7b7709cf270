"""Requests that were pushed, at the authorization endpoint: once, for their client, and nothing beside them counts."""

from datetime import timedelta

import pytest

from tests.authorizing import answered, asking
from tests.functional.authorize.guest import Guest, approved, by_uri, pushed
from tests.functional.site import Site


@pytest.mark.requirement("A-02", "A-03")
def test_authorize_pushed_request_is_used_once(provider: Site, regular: Guest) -> None:
    uri = pushed(provider, **asking())

    assert "code" in regular.arrive(by_uri(uri)).told
    assert regular.arrive(by_uri(uri)).error == "REQUEST_UNKNOWN"


@pytest.mark.requirement("A-03")
def test_authorize_pushed_request_may_be_opened_again_until_it_is_answered(provider: Site, member: Guest) -> None:
    uri = pushed(provider, **asking())

    assert member.arrive(by_uri(uri)).led_to.startswith("/consent")
    first = member.led_to
    assert member.arrive(by_uri(uri)).led_to.startswith("/consent")
    member.follow().consent()
    assert "code" in member.told
    assert member.arrive(by_uri(uri)).error == "REQUEST_UNKNOWN"
    assert member.open(first).follow().error == "REQUEST_UNKNOWN"


@pytest.mark.requirement("A-03")
def test_authorize_pushed_request_opened_twice_is_answered_once_even_when_it_is_too_old_by_then(
    provider: Site, member: Guest
) -> None:
    uri = pushed(provider, **asking(prompt="consent"))
    places = [member.arrive(by_uri(uri)).led_to for _ in range(2)]
    provider.clock.advance(timedelta(minutes=5))

    assert "code" in member.open(places[0]).consent().told
    member.open(places[1]).consent()

    assert member.error == "REQUEST_UNKNOWN"


@pytest.mark.requirement("A-03")
def test_authorize_pushed_request_that_is_too_old_is_refused(provider: Site, regular: Guest) -> None:
    uri = pushed(provider, **asking())
    provider.clock.advance(timedelta(seconds=90))

    assert regular.arrive(by_uri(uri)).error == "REQUEST_UNKNOWN"


@pytest.mark.requirement("A-02")
@pytest.mark.parametrize(("start", "end", "more"), [(0, -1, ""), (0, None, "a"), (34, None, ""), (0, 34, "x")])
def test_authorize_request_uri_that_was_not_made_here_is_refused(
    provider: Site, regular: Guest, start: int, end: int | None, more: str
) -> None:
    uri = pushed(provider, **asking())[start:end] + more

    regular.arrive(by_uri(uri))

    assert regular.error in ("REQUEST_UNKNOWN", "REQUEST_MALFORMED")


@pytest.mark.requirement("A-05")
def test_authorize_outside_of_a_pushed_request_nothing_counts(provider: Site, regular: Guest) -> None:
    uri = pushed(provider, **asking(scope="openid"))

    regular.arrive(f"{by_uri(uri)}&scope=openid+email&redirect_uri=https%3A%2F%2Fevil.example&state=other")

    assert answered(regular.led_to)["state"] == "a state"
    assert approved(provider, regular.told["code"]).scope == "openid"


@pytest.mark.requirement("A-05")
def test_authorize_request_and_request_uri_together_are_refused(provider: Site, regular: Guest) -> None:
    uri = pushed(provider, **asking())

    assert regular.arrive(f"{by_uri(uri)}&request=x.y.z").error == "REQUEST_MALFORMED"

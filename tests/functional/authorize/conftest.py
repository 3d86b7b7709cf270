"""A site with pages and an application, and people whom it sends."""

import pytest

from tests.functional.authorize.guest import Guest, register
from tests.functional.site import Site


@pytest.fixture
def provider(settled: Site) -> Site:
    register(settled)
    return settled


@pytest.fixture
def stranger(provider: Site) -> Guest:
    return Guest(provider)


@pytest.fixture
def member(provider: Site) -> Guest:
    return Guest(provider).sign_in()


@pytest.fixture
def regular(member: Guest) -> Guest:
    """Somebody who is signed in, and allowed the application what it asks for."""
    member.ask().follow().consent()
    assert "code" in member.told
    return member

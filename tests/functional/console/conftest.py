"""A site with an operator, and browsers at its console."""

import pytest

from doorward.core.access.records import OPERATOR
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site


@pytest.fixture
def pages(settled: Site) -> Site:
    """Return a site with margaret, who operates nothing, and olga, who operates it."""
    settled.house.account("olga")
    settled.house.flows.set_role("olga", OPERATOR, granted=True)
    return settled


@pytest.fixture
def visitor(pages: Site) -> Visitor:
    return Visitor(pages)


@pytest.fixture
def member(pages: Site) -> Visitor:
    return Visitor(pages).sign_in()


@pytest.fixture
def operator(pages: Site) -> Visitor:
    return Visitor(pages).sign_in("olga")

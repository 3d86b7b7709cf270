"""Sites with pages, and somebody to visit them."""

import pytest

from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site


@pytest.fixture
def pages(site: Site) -> Site:
    return site


@pytest.fixture
def visitor(pages: Site) -> Visitor:
    return Visitor(pages)


@pytest.fixture
def member(pages: Site) -> Visitor:
    pages.house.account()
    return Visitor(pages).sign_in()

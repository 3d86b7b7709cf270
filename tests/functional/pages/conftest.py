"""Sites with pages, and somebody to visit them."""

import pytest

from tests.functional.pages.visitor import Visitor, with_pages
from tests.functional.site import Site


@pytest.fixture
def pages(site: Site) -> Site:
    return with_pages(site)


@pytest.fixture
def visitor(pages: Site) -> Visitor:
    return Visitor(pages)


@pytest.fixture
def member(pages: Site) -> Visitor:
    pages.house.account()
    return Visitor(pages).sign_in()

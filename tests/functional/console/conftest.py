"""A site with somebody, a client of theirs and two operators, and browsers at its console."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.core.access.records import OPERATOR
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site


@pytest.fixture(scope="session")
def operated_store(tmp_path_factory: pytest.TempPathFactory, settled_store: Path) -> Path:
    """Return a store with margaret, who operates nothing, and with olga and octavia, who operate it."""
    site = Site.open(tmp_path_factory.mktemp("operated"), settled_store)
    flows = site.house.flows
    for name in ("olga", "octavia"):
        site.house.account(name)
        flows.set_role(name, OPERATOR, granted=True)
    flows.set_role("margaret", "editor", granted=True)
    flows.clients.add(Wanted("Reports", ClientType.WEB, id="reports", redirect_uris=("https://a.example",)))
    site.close()
    return site.file


@pytest.fixture
def pages(tmp_path: Path, operated_store: Path) -> Iterator[Site]:
    opened = Site.open(tmp_path, operated_store)
    yield opened
    opened.close()


@pytest.fixture
def visitor(pages: Site) -> Visitor:
    return Visitor(pages)


@pytest.fixture
def member(pages: Site) -> Visitor:
    return Visitor(pages).sign_in()


@pytest.fixture
def operator(pages: Site) -> Visitor:
    return Visitor(pages).sign_in("olga")

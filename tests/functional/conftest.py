"""A site for each test, over a copy of one empty store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.adapters.sql import migrations
from doorward.core.access.records import OPERATOR
from tests.functional.site import App, Site


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "store.sqlite3"
    migrations.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def settled_store(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Path:
    """Return a store with signing keys and margaret's account, which was made as everybody's is."""
    site = Site.open(tmp_path_factory.mktemp("settled"), empty_store)
    site.house.account()
    site.close()
    return site.file


@pytest.fixture
def site(tmp_path: Path, empty_store: Path) -> Iterator[Site]:
    opened = Site.open(tmp_path, empty_store)
    yield opened
    opened.close()


@pytest.fixture
def settled(tmp_path: Path, settled_store: Path) -> Iterator[Site]:
    """Open a site where margaret has an account already."""
    opened = Site.open(tmp_path, settled_store)
    yield opened
    opened.close()


@pytest.fixture
def development(tmp_path: Path, empty_store: Path) -> Iterator[Site]:
    opened = Site.open(tmp_path, empty_store, is_development=True)
    yield opened
    opened.close()


@pytest.fixture
def operator(site: Site) -> App:
    """Return an app in which somebody is signed in who operates the site."""
    site.house.account("olga")
    site.house.flows.set_role("olga", OPERATOR, granted=True)
    app = site.device()
    assert app.sign_in("olga").status_code == 200
    return app


@pytest.fixture
def margaret(settled: Site) -> App:
    """Return an app in which somebody is signed in."""
    app = settled.device()
    assert app.sign_in().status_code == 200
    return app


@pytest.fixture
def mallory(settled: Site) -> App:
    """Return an app of somebody else, on the same site."""
    settled.house.account("mallory")
    app = settled.device()
    assert app.sign_in("mallory").status_code == 200
    return app

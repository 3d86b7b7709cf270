"""The twin itself: what it refuses, what it leaves behind, and a port for browsers."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from doorward.assembly.house import open_house
from doorward.settings.load import given
from doorward.settings.problems import SettingsInvalid
from doorward.testing.twin import PASSWORD, Twin
from tests.house import SECRET
from tests.processes import wait_until


@pytest.fixture
def twin() -> Iterator[Twin]:
    with Twin() as opened:
        yield opened


def test_house_on_materials_for_tests_is_refused_in_production(twin: Twin) -> None:
    secrets = {"secret": SECRET.hex(), "pepper": SECRET[::-1].hex()}
    real = {"environment": "production", "issuer": "https://id.mail.example", "smtp_url": "smtp://mail.example"}

    with pytest.raises(SettingsInvalid, match="for tests alone"):
        open_house(given({**real, **secrets}), in_tests=twin._outside())


@pytest.mark.parametrize("name", ["environment", "data_dir", "store_url", "cache_url", "smtp_url", "secret", "pepper"])
def test_twin_setting_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(SettingsInvalid, match=f"A test cannot choose {name}"):
        Twin({name: "x"})


def test_mailbox_without_mail_says_who_has_some(twin: Twin) -> None:
    twin.anonymous().post("/v1/auth/forgot_password", json={"email": twin.account("ada").email})

    with pytest.raises(LookupError, match=r"no mail to bob@x.example; mail has come for: ada@mail.example"):
        twin.mailbox.newest(to="bob@x.example")


def test_web_of_somebody_who_is_refused_says_so(twin: Twin) -> None:
    ada = twin.account("ada")
    for _ in range(5):
        twin.web().sign_in("ada", "the door opens outwards")

    with pytest.raises(RuntimeError, match="signing in as ada was answered 401"):
        twin.web(ada)


def test_web_forged_request_is_refused(twin: Twin) -> None:
    browser = twin.web(twin.account())

    forged = browser.patch("/v1/web/me", json={"username": "eve"}, headers={"x-csrf-token": "stolen"})
    elsewhere = browser.patch("/v1/web/me", json={"username": "eve"}, headers={"sec-fetch-site": "cross-site"})
    own = browser.patch("/v1/web/me", json={"username": "adaline"})

    assert (forged.status_code, elsewhere.status_code, own.status_code) == (403, 403, 200)


def test_bearer_works_for_asynchronous_clients(twin: Twin) -> None:
    bearer = twin.mobile(twin.account("ada")).bearer

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(twin.app)
        async with httpx2.AsyncClient(transport=transport, base_url=twin.issuer, auth=bearer) as client:
            return await client.get("/v1/mobile/me")

    assert asyncio.run(ask()).json()["username"] == "ada"


def test_mount_in_leaves_the_application_as_it_was_and_lives_with_it() -> None:
    moments: list[str] = []

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        moments.append("begins")
        yield
        moments.append("ends")

    app = FastAPI(lifespan=live)
    before = list(app.router.routes)

    with Twin() as twin:
        twin.mount_in(app, "/sign-in-here")
        with TestClient(app) as client:
            during = client.get("/sign-in-here/readyz").status_code
        assert moments == ["begins", "ends"]

    assert (during, TestClient(app).get("/sign-in-here/readyz").status_code) == (200, 404)
    assert app.router.routes == before


def test_serve_answers_on_a_port_with_the_accounts_and_mails_of_the_twin(twin: Twin) -> None:
    before = twin.mobile(twin.account("ada"))

    with twin.serve() as address:
        ready = httpx2.get(f"{address}/readyz")
        body = {"username": "ada", "password": PASSWORD}
        signed_in = httpx2.post(f"{address}/v1/auth/login_mobile", json=body)
        httpx2.post(f"{address}/v1/auth/forgot_password", json={"email": "ada@mail.example"})
        link = twin.mailbox.newest(to="ada@mail.example").text

    assert (ready.status_code, signed_in.status_code) == (200, 200)
    assert f"{address}/reset?token=" in link
    assert before.get("/v1/mobile/me").status_code == 200
    assert twin.issuer == "https://doorward.test"


def test_close_ends_every_thread() -> None:
    before = set(threading.enumerate())

    with Twin() as twin, twin.serve() as address:
        httpx2.get(f"{address}/readyz")
        twin.web(twin.account())

    # A worker of AnyIO is told to end when its loop does, and nobody waits until it has.
    wait_until(lambda: set(threading.enumerate()) <= before)


def test_twin_misspelled_setting_is_told_at_once() -> None:
    with pytest.raises(SettingsInvalid, match=r"Did you mean brand_name\?"):
        Twin({"brandname": "Shop"})

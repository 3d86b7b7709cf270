"""A real authorization server, and the API of notes that trusts it, on free ports of this machine."""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from types import ModuleType
from typing import Final

import pytest
from starlette.types import ASGIApp

from doorward.assembly.app import created
from doorward.core.flows import Flows
from doorward.core.keys.records import AccessToken
from doorward.core.keys.revocations import FEED_SCOPE
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType
from doorward.resource.clock import SystemClock
from doorward.testing.serving import a_port, answering
from tests.builders import an_access_token

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
PAGE: Final = "http://127.0.0.1:8003"
PASSWORD: Final = "the door opens inwards"
PATIENCE_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Here:
    """Where the two servers are, and what the first one can do."""

    issuer: str
    api: str
    flows: Flows

    def person(self, name: str) -> str:
        """Add an account, and return its name."""
        self.flows.add_account(name, f"{name}@mail.example", password=PASSWORD, roles=())
        return name

    def token(self, **changes: object) -> str:
        """Return an access token for the API, as the server signs it."""
        plain = an_access_token(now=SystemClock().now())
        usual = {"issuer": self.issuer, "audience": self.api, "scope": "notes:read notes:write"}
        return self.flows.keyring.sign(_changed(plain, {**usual, **changes}))

    def headers(self, **changes: object) -> dict[str, str]:
        """Return the same as the field of a request."""
        return {"authorization": f"Bearer {self.token(**changes)}"}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    folder = tmp_path_factory.mktemp("agents")
    with a_port() as for_accounts, a_port() as for_notes, pytest.MonkeyPatch.context() as environment:
        issuer, api = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in (for_accounts, for_notes))
        server = created({"issuer": issuer, "data_dir": folder / "accounts"})
        flows = server.front._doors.flows
        with answering(server, for_accounts):
            values = {
                "ISSUER": issuer,
                "AUDIENCE": api,
                "PAGE_ORIGIN": PAGE,
                "CLIENT_SECRET": _register(flows, issuer, api),
            }
            for name, value in {**values, "FILE": str(folder / "notes.sqlite3")}.items():
                environment.setenv(f"NOTES_{name}", value)
            notes: ASGIApp = loaded("resource_server").app
            with answering(notes, for_notes):
                yield Here(issuer, api, flows)


def loaded(example: str) -> ModuleType:
    """Return an example as a module of its own, with the settings that are in the environment now."""
    spec = importlib.util.spec_from_file_location(f"{example}_for_tests", EXAMPLES / example / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wait_until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds."""
    until, pause = monotonic() + PATIENCE_SECONDS, Event()
    while not condition():
        assert monotonic() < until, "it did not come to hold"
        pause.wait(0.02)


def ago(**duration: float) -> datetime:
    """Return a moment that is past."""
    return SystemClock().now().astimezone(UTC) - timedelta(**duration)


def _register(flows: Flows, issuer: str, api: str) -> str:
    """Register the app and the API, and return the secret of the API."""
    feed = f"{issuer}/v1/feed"
    service = Wanted(name="API", type=ClientType.SERVICE, id="notes-api", scopes=(FEED_SCOPE,), resources=(feed,))
    app = Wanted(
        name="Notes",
        type=ClientType.NATIVE,
        id="notes-app",
        scopes=("notes:read", "notes:write", "offline_access"),
        resources=(api,),
        redirect_uris=("http://127.0.0.1/signed-in",),
    )
    flows.clients.add(app)
    return flows.clients.add(service).secret or ""


def _changed(token: AccessToken, changes: Mapping[str, object]) -> AccessToken:
    return replace(token, **changes)  # type: ignore[arg-type]  # a test knows the fields that it changes

"""Requests that the OpenAPI document allows and forbids, made up by the hundred."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final
from unittest import SkipTest

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from doorward.adapters.limits.counters import LimitsCounters
from doorward.api.doors import AtOnce
from doorward.core.access.records import OPERATOR
from tests.builders import ISSUER
from tests.functional.site import CSRF, App, Site

PARTS: Final = 4
"""Each is a test, so that several processes share them."""


class Visited:
    """The site that the made-up requests go to, and the credentials that let them in."""

    def __init__(self, site: Site) -> None:
        object.__setattr__(site.doors, "counters", AtOnce(LimitsCounters(site.clock, scale=100_000)))
        site.house.account()
        site.house.flows.set_role("margaret", OPERATOR, granted=True)
        self.site = site
        self.app = App(site)
        self.browser = site.browser()
        self.app.sign_in()
        self.browser.sign_in()

    def headers(self, path: str) -> dict[str, str]:
        """Return what a request to `path` needs to be let in; who was signed out by one before signs in again."""
        if path.startswith("/v1/web/") or path.endswith(("_web", "/register", "/csrf")):
            return {"sec-fetch-site": "same-origin", "x-csrf-token": self._csrf_token(), "cookie": self._cookies()}
        if self.app.get("/v1/mobile/me").status_code != 200:
            self.app.sign_in()
        return {"authorization": f"Bearer {self.app.access_token}"}

    def _csrf_token(self) -> str:
        if self.browser.get("/v1/web/me").status_code != 200:
            self.browser.sign_in()
        token: str = self.browser.client.get(CSRF).json()["csrf_token"]
        return token

    def _cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.browser.client.cookies.jar)


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Visited]:
    site = Site.open(tmp_path_factory.mktemp("site"), empty_store, is_development=True)
    yield Visited(site)
    site.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_keeps_what_the_document_promises(
    visited: Visited, subtests: pytest.Subtests, part: int
) -> None:
    for operation in islice(operations(visited), part, None, PARTS):
        for mode in modes_of(operation):
            with subtests.test(operation.label, mode=mode):
                probe(operation, mode, visited)

    assert visited.site.notes.failures == []


def operations(visited: Visited) -> Iterator[APIOperation]:  # type: ignore[type-arg]  # of any kind
    """Yield what the document describes, but for the credentials, which the requests are given by `Visited`."""
    content = visited.site.client().get("/openapi.json").json()
    for methods in content["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    document = schemathesis.openapi.from_dict(content)
    document.app = visited.site.app
    for found in document.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def modes_of(operation: APIOperation) -> Iterator[GenerationMode]:  # type: ignore[type-arg]  # of any kind
    """Yield what may be made up: a text in a path that may be any, and nothing besides, leaves nothing to forbid."""
    yield GenerationMode.POSITIVE
    in_path = [parameter.definition.get("schema", {}) for parameter in operation.path_parameters]
    if operation.query or operation.headers or operation.body or any(schema.keys() - PLAIN for schema in in_path):
        yield GenerationMode.NEGATIVE


def probe(operation: APIOperation, mode: GenerationMode, visited: Visited) -> None:  # type: ignore[type-arg]  # of any kind
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode))
    def ask(case: schemathesis.Case) -> None:  # type: ignore[type-arg]  # of any kind
        response = case.call(base_url=ISSUER, headers=visited.headers(case.path))
        case.validate_response(response, checks=CHECKS)

    try:
        ask()
    except (Unsatisfiable, SkipTest):
        return


CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
EXAMPLES: Final = 5
PLAIN: Final = frozenset({"type", "title", "description"})
"""What a schema of any text at all says."""

"""Applications that are made of files, in the gateways that serve files."""

from collections.abc import Iterator
from typing import Final

import httpx2
import pytest

from doorward.frontend.policy import policy
from tests.gateways.conftest import Behind
from tests.gateways.people import Person, Place
from tests.gateways.servers import KINDS, Kind, description, running

SERVING_FILES: Final = [kind for kind in KINDS if kind.has_files]


@pytest.fixture(scope="module", params=SERVING_FILES, ids=lambda kind: kind.name)
def place(request: pytest.FixtureRequest, behind: Behind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind.name)
    with running(kind, folder, behind.ports, description(folder, behind.ports)):
        yield Place(kind.name, behind.ports)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/files/", "no-cache"),
        ("/files/notes/7", "no-cache"),
        ("/files/assets/app.js", "public, max-age=31536000, immutable"),
    ],
)
def test_files_are_kept_by_browsers_as_long_as_they_are_right(place: Place, path: str, kept: str) -> None:
    answer = httpx2.get(f"{place.ports.issuer}{path}")

    assert (answer.status_code, answer.headers["cache-control"]) == (200, kept)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/files/..%2fnext", "/files/%2e%2e/next", "/files../next", "/files/..%5cnext"])
def test_files_beside_the_folder_are_nobodys(place: Place, path: str) -> None:
    answer = httpx2.get(f"{place.ports.issuer}{path}")

    assert answer.status_code in (400, 404)
    assert "not for you" not in answer.text


@pytest.mark.parametrize("path", ["/files/.env", "/files/%2eenv", "/files/assets/app.js.map", "/files/assets/gone.js"])
def test_what_is_no_part_of_an_application_is_not_there(place: Place, path: str) -> None:
    answer = httpx2.get(f"{place.ports.issuer}{path}")

    assert answer.status_code == 404
    assert "not for you" not in answer.text
    assert "Notebook" not in answer.text


@pytest.mark.parametrize("path", ["/files/", "/files/notes/7"])
def test_what_pages_may_do_is_said_by_the_server(place: Place, path: str) -> None:
    answer = httpx2.get(f"{place.ports.issuer}{path}")

    assert answer.headers["content-security-policy"] == policy()
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_files_are_compressed_sent_in_parts_and_not_again(place: Place) -> None:
    with httpx2.Client(base_url=f"{place.ports.issuer}/files/assets/") as client:
        packed = client.get("app.js")
        part = client.get("app.js", headers={"range": "bytes=0-5", "accept-encoding": "identity"})
        head = client.head("app.js", headers={"accept-encoding": "identity"})
        again = client.get("app.js", headers={"if-none-match": packed.headers["etag"]})

    assert (packed.headers["content-encoding"], packed.text) == ("gzip", "export {};\n" * 200)
    assert (part.status_code, part.text) == (206, "export")
    assert (head.status_code, head.headers["content-length"]) == (200, "2200")
    assert again.status_code == 304


def test_files_that_are_guarded_are_for_whoever_is_signed_in(place: Place) -> None:
    address = f"{place.ports.issuer}/kept/notes/7?page=2"
    person = Person(place)
    with person.client:
        refused = person.client.get(address)
        person.arrive(address)

    assert refused.status_code == 401
    assert "Notebook" not in refused.text
    assert str(person.answer.url) == address
    assert "Notebook" in person.answer.text

"""Styles, scripts and pictures of the pages."""

import re
from pathlib import Path

import pytest

import doorward.api.pages
from tests.functional.pages.visitor import Visitor

FOLDER = Path(doorward.api.pages.__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def test_asset_every_file_is_served_as_what_it_is_for_ever(visitor: Visitor) -> None:
    (base,) = set(re.findall(r'"(/static/[a-z2-7]{16})/', visitor.open("/").answer.text))

    for file in FOLDER.iterdir():
        answer = visitor.open(f"{base}/{file.name}").answer

        assert answer.status_code == 200
        assert answer.content == file.read_bytes()
        assert answer.headers["content-type"] == TYPES[file.suffix]
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "set-cookie" not in answer.headers


def test_asset_of_another_version_is_not_kept(visitor: Visitor) -> None:
    answer = visitor.open("/static/before/base.css").answer

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/x/nowhere.css",
        "/static/x/../render.py",
        "/static/x/..%2frender.py",
        "/static/x/%2e%2e%2frender.py",
        "/static/x/..\\render.py",
        "/static/x//etc/passwd",
        "/static/x/base.css%00.svg",
        "/static/x/",
        "/static/",
        "/static",
    ],
)
def test_asset_that_is_none_is_not_there(visitor: Visitor, path: str) -> None:
    assert visitor.open(path).status == 404


def test_asset_names_of_the_pages_are_all_there(visitor: Visitor) -> None:
    named = re.findall(r'"(/static/[^"]+)"', visitor.open("/sign-in").answer.text)

    assert len(named) >= 9
    assert {visitor.open(path).status for path in named} == {200}

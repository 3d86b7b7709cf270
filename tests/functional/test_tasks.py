"""What needs a task finds itself in one, though an answer begins outside of any."""

import asyncio
from typing import Final

import pytest
from fastapi import APIRouter, Request
from starlette.responses import Response

from doorward.api.app import ROUTERS, build
from doorward.api.classes import RouteClass
from tests.functional.site import Site

router: Final = APIRouter(tags=[RouteClass.PUBLIC])


@router.api_route("/in-time", methods=["GET", "POST"])
async def answer_in_time(request: Request) -> Response:
    async with asyncio.timeout(60):
        await request.body()
    return Response("in time")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_route_of_the_framework_may_limit_its_time(site: Site, method: str) -> None:
    site.app = build(site.doors, routers=(*ROUTERS, router))

    answer = site.client().request(method, "/in-time")

    assert (answer.status_code, answer.text) == (200, "in time")

"""Answers that a hot route gives and that are not there as a whole: all that belongs to them happens."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from fastapi import APIRouter
from starlette.background import BackgroundTask  # noqa: TID251 (a response of others may bring one along)
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from doorward.api.app import ROUTERS, build
from doorward.api.classes import RouteClass
from doorward.api.middleware.begun import in_a_task
from doorward.api.thin import ThinRoute
from tests.functional.site import Site

router: Final = APIRouter(tags=[RouteClass.PUBLIC], route_class=ThinRoute)
DONE: Final[list[str]] = []


@router.get("/with-more-to-do")
async def answer_and_go_on(_: Request) -> Response:
    return Response("told", background=BackgroundTask(DONE.append, "afterwards"))


@router.get("/bit-by-bit")
async def answer_bit_by_bit(_: Request) -> Response:
    async def bits() -> AsyncIterator[str]:
        yield "to"
        yield "ld"

    await in_a_task()
    return StreamingResponse(bits())


@pytest.mark.parametrize("path", ["/with-more-to-do", "/bit-by-bit"])
def test_answer_that_is_not_there_as_a_whole_is_sent_and_finished(site: Site, path: str) -> None:
    site.app = build(site.doors, routers=(*ROUTERS, router))
    DONE.clear()

    answer = site.client().get(path)

    assert (answer.status_code, answer.text, answer.headers["x-content-type-options"]) == (200, "told", "nosniff")
    assert len(DONE) == (path == "/with-more-to-do")

"""Whether the process lives, and whether it can do its work."""

from datetime import timedelta
from typing import Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.doors import State, states
from doorward.api.needs import NeedsDoors
from doorward.api.thin import ThinRoute, json_answer

router = APIRouter(tags=[RouteClass.PUBLIC])
hot = APIRouter(tags=[RouteClass.PUBLIC], route_class=ThinRoute)

_NOT_READY: Final = 503
_RETRY_AFTER: Final = timedelta(seconds=5)


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether the server can do its work, and how it is with each of the things that it depends on.

    `away` keeps it from its work; where something is `degraded` it goes on without that, less well.
    """

    status: Literal["ok", "away"]
    checks: dict[str, State]


_ALIVE: Final = Alive().model_dump_json().encode()


@hot.get("/healthz", response_model=Alive)
async def show_alive(_: Request) -> Response:
    """Tell that the process lives; nothing else is asked."""
    return json_answer(_ALIVE)


@router.get("/readyz", responses={_NOT_READY: {"model": Ready}})
async def show_ready(doors: NeedsDoors, response: Response) -> Ready:
    """Tell whether each thing that the server depends on is there, and whether it is not about to end."""
    checks = await states(doors)
    if "away" not in checks.values():
        return Ready(status="ok", checks=checks)
    response.status_code = _NOT_READY
    response.headers["retry-after"] = str(int(_RETRY_AFTER.total_seconds()))
    return Ready(status="away", checks=checks)

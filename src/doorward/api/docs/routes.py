"""The documentation's page, its scripts and styles, and the OpenAPI document."""

from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.docs.document import Document
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.thin import JSON
from doorward.core.oauth.clients.built_in import DOCS, DOCS_RETURN

SWAGGER_UI: Final = "fastapi_offline"
"""The package that carries Swagger UI's own files; nothing of it is imported."""

POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "form-action {form_action}; require-trusted-types-for 'script'; trusted-types default dompurify"
)
PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Doorward API</title>
<link rel="stylesheet" href="docs/swagger-ui.css" nonce="{nonce}">
<link rel="icon" href="data:,">
</head>
<body>
<div id="swagger-ui" data-document="openapi.json" data-client="{client}" data-returns-to="docs/oauth2-redirect"></div>
<script src="docs/markup.js" nonce="{nonce}"></script>
<script src="docs/swagger-ui-bundle.js" nonce="{nonce}"></script>
<script src="docs/start.js" nonce="{nonce}"></script>
</body>
</html>
"""

RETURN_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Doorward API</title>
<link rel="icon" href="data:,">
</head>
<body>
<p>You may close this window.</p>
<script src="finish.js" nonce="{nonce}"></script>
</body>
</html>
"""
"""Where the authorization endpoint sends its answer to requests of the documentation."""

_CACHEABLE: Final = "public, max-age=86400"
_SCRIPT: Final = "text/javascript; charset=utf-8"
_STYLE: Final = "text/css; charset=utf-8"


def document_router(document: Document) -> APIRouter:
    """Return the route of the OpenAPI document."""
    router = APIRouter(tags=[RouteClass.PUBLIC], include_in_schema=False)

    @router.get("/openapi.json")
    async def show_document(doors: NeedsDoors) -> Response:
        """Give the OpenAPI document."""
        return Response(await doors.lanes.main(document.text), media_type=JSON)

    return router


@cache
def docs_router() -> APIRouter:
    """Return the routes of the documentation, which are the same in every application."""
    router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)

    @router.get("/docs")
    async def show_docs(visit: NeedsVisit) -> HTMLResponse:
        """Show the documentation, from which requests can be tried out."""
        visit.page_policy = POLICY
        return HTMLResponse(PAGE.format(nonce=visit.nonce, client=DOCS))

    @router.get(DOCS_RETURN)
    async def finish_authorizing(visit: NeedsVisit) -> HTMLResponse:
        """Hand an authorization code to the window that asked for it."""
        visit.page_policy = POLICY
        return HTMLResponse(RETURN_PAGE.format(nonce=visit.nonce))

    for name, package, folder, kind in (
        ("swagger-ui-bundle.js", SWAGGER_UI, "static", _SCRIPT),
        ("swagger-ui.css", SWAGGER_UI, "static", _STYLE),
        ("markup.js", "doorward.api.docs", "", _SCRIPT),
        ("start.js", "doorward.api.docs", "", _SCRIPT),
        ("finish.js", "doorward.api.docs", "", _SCRIPT),
    ):
        _serve(router, name, package=package, folder=folder, kind=kind)
    return router


def _serve(router: APIRouter, name: str, *, package: str, folder: str, kind: str) -> None:
    @router.get(f"/docs/{name}", name=name)
    async def show_file() -> Response:
        """Give one file of the documentation."""
        source = files(package).joinpath(folder).joinpath(name) if folder else files(package).joinpath(name)
        return Response(source.read_bytes(), media_type=kind, headers={"cache-control": _CACHEABLE})

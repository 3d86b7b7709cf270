"""The OpenAPI document: what FastAPI knows of the routes, with their classes, credentials and refusals put right."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import FastAPI
from pydantic import BaseModel

from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.oauth.bodies import OAuthErrorAnswer
from doorward.api.problems import MEDIA_TYPE
from doorward.api.v1.bodies import LoginBody, MobileLoginBody, ProblemAnswer, RefreshBody
from doorward.api.v1.web.cookies import cookies_of
from doorward.api.versions import in_first
from doorward.core.oauth.clients.built_in import DOCS, built_in_clients
from doorward.core.oauth.rules import scopes

Json = dict[str, Any]

CLASSES: Final[Mapping[RouteClass, str]] = {
    RouteClass.WEB: "For browsers. Reads session cookies, never `Authorization`; unsafe methods need `X-CSRF-Token`.",
    RouteClass.MOBILE: "For apps and API clients. Reads `Authorization: Bearer`, never a cookie.",
    RouteClass.PUBLIC: "For anybody. Reads neither cookies nor `Authorization`.",
    RouteClass.OAUTH: "At the paths that specifications fix; clients prove themselves as those say.",
    RouteClass.SPA: (
        "For the pages of applications whose refresh token is a cookie. Reads the cookie of the client that is named; "
        "needs an `Origin` that the client registered, and `X-Doorward-SPA: 1`."
    ),
    RouteClass.OPERATOR: "For those who run the deployment: a bearer token with the scope `operate`.",
}
"""What each class of routes reads, in words."""

BEARER: Final = "bearer"
OPENID: Final = "openid"
SESSION: Final = "session"
CSRF: Final = "csrf"
_USERINFO: Final = "/oauth/userinfo"
_SAFE: Final = frozenset({"get", "head", "options"})
_DEVICE: Final = {
    "name": "X-Device-Token",
    "in": "header",
    "required": False,
    "description": "What proves a device that signed in before.",
    "schema": {"type": "string", "maxLength": 512},
}
_GRANT: Final = {"grant_type": {"type": "string", "const": "password"}, "scope": {"type": "string"}}
_RAW_BODIES: Final[Mapping[str, type[BaseModel]]] = {
    "/v1/auth/login_web": LoginBody,
    "/v1/auth/login_mobile": MobileLoginBody,
    "/v1/auth/refresh_mobile": RefreshBody,
}
"""Bodies that their routes read by themselves."""


@dataclass(slots=True)
class Document:
    """The document, written when it is first asked for: that costs more than all else that makes an application."""

    app: FastAPI
    doors: Doors
    ending: Collection[str] = ()
    _text: bytes = field(default=b"", init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def text(self) -> bytes:
        """Return the document as JSON."""
        with self._lock:
            self._text = self._text or describe(self.app, self.doors, self.ending)
            return self._text


def describe(app: FastAPI, doors: Doors, ending: Collection[str] = ()) -> bytes:
    """Return the document as JSON; what stands at the paths in `ending` is shown as deprecated."""
    document: Json = app.openapi()
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for name, model in (("Problem", ProblemAnswer), ("OAuthError", OAuthErrorAnswer)):
        schemas[name] = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schemas[name].pop("$defs", {}))
    document["components"]["responses"] = {
        "Problem": {
            "description": "Refused (RFC 9457).",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        },
        "OAuthError": {
            "description": "Refused (RFC 6749 section 5.2).",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OAuthError"}}},
        },
    }
    document["components"]["securitySchemes"] = _schemes(doors)
    document["servers"] = [{"url": urlsplit(doors.issuer).path or "/"}]
    used = {tag for operations in document["paths"].values() for each in operations.values() for tag in each["tags"]}
    document["tags"] = [{"name": kind.value, "description": text} for kind, text in CLASSES.items() if kind in used]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
            if path in _RAW_BODIES:
                _describe_body(path, operation, document["components"]["schemas"])
            if path in ending:
                operation["deprecated"] = True
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _complete(path: str, method: str, operation: Json) -> None:
    kind = RouteClass(operation["tags"][0])
    refused = {"$ref": f"#/components/responses/{'OAuthError' if kind.speaks_oauth else 'Problem'}"}
    operation["responses"] = {
        status: answer for status, answer in operation["responses"].items() if status != "422"
    } | {"4XX": refused, "5XX": refused}
    security = _security(kind, path, method)
    if security:
        operation["security"] = [security]


def _security(kind: RouteClass, path: str, method: str) -> dict[str, list[str]]:
    if path == _USERINFO:
        return {OPENID: [scopes.OPENID]}
    if kind.reads_bearer:
        return {BEARER: []}
    if kind is not RouteClass.WEB:
        return {}
    session: dict[str, list[str]] = {SESSION: []} if in_first(path).startswith("/v1/web/") else {}
    return session if method in _SAFE else session | {CSRF: []}


def _schemes(doors: Doors) -> Json:
    base = doors.issuer.rstrip("/")
    return {
        BEARER: {
            "type": "oauth2",
            "description": "The access token that signing in gives an app.",
            "flows": {"password": {"tokenUrl": f"{_path_of(base)}/v1/auth/login_mobile", "scopes": {}}},
        },
        OPENID: {
            "type": "oauth2",
            "description": "The access token that an application gets for somebody who lets it.",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": f"{_path_of(base)}/oauth/authorize",
                    "tokenUrl": f"{_path_of(base)}/oauth/token",
                    "scopes": {scope: scopes.words(scope) for scope in built_in_clients(doors.issuer)[DOCS].scopes},
                }
            },
        },
        SESSION: {
            "type": "apiKey",
            "in": "cookie",
            "name": cookies_of(doors.issuer).access.name,
            "description": "The session of a browser, which sends it by itself.",
        },
        CSRF: {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "What `GET /v1/auth/csrf` gave this browser.",
        },
    }


def _path_of(base: str) -> str:
    return "/".join(["", *base.split("/")[3:]]).rstrip("/")


def _describe_body(path: str, operation: Json, schemas: Json) -> None:
    """Say what a body holds that the route reads by itself."""
    model = _RAW_BODIES[path]
    schemas[model.__name__] = model.model_json_schema()
    content: Json = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
    if path == "/v1/auth/login_mobile":
        form = LoginBody.model_json_schema()
        form["properties"] = form["properties"] | _GRANT
        del form["additionalProperties"]
        content["application/x-www-form-urlencoded"] = {"schema": form}
    operation["requestBody"] = {"required": True, "content": content}
    if not RouteClass(operation["tags"][0]).reads_cookies:
        operation.setdefault("parameters", []).append(_DEVICE)

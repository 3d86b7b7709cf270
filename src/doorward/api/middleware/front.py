"""The front: what every request passes, in order, before a route sees it, and every answer on its way out.

One pure ASGI layer instead of ten: the head is read once, and an answer is wrapped once. What is decided, and why,
stands in the modules beside this one.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from time import perf_counter
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from doorward.api import limits
from doorward.api.answers import refuse
from doorward.api.classes import RouteClass
from doorward.api.doors import Doors, Trace
from doorward.api.files import origin
from doorward.api.middleware import body_size, cors
from doorward.api.middleware.address import Proxies
from doorward.api.middleware.answering import Answer
from doorward.api.middleware.begun import in_a_task
from doorward.api.middleware.chosen import ROUTES
from doorward.api.middleware.plan import Plan, Row
from doorward.api.middleware.request_id import request_id
from doorward.api.middleware.security_headers import protect, protect_file
from doorward.api.problems import Problem
from doorward.api.refusals import HeaderRepeated, HostMissing, MethodRefused, Unforeseen
from doorward.api.v1.web import csrf
from doorward.api.v1.web.cookies import cookies_of
from doorward.api.visit import VISIT, Facts, Visit
from doorward.core.kernel import cause
from doorward.core.kernel.errors import NotFound, Refusal

ErrorPage = Callable[[Visit, Problem], Response]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 section 9.2.1)."""

ACTS_ON_GET: Final = frozenset({"/oauth/authorize", "/sign-in/with/{provider_id}/callback"})
"""Where a GET does more than show, because specifications have browsers arrive by one."""

ONCE: Final = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"dpop",
        b"host",
        b"origin",
        b"sec-fetch-site",
        b"x-csrf-token",
        b"x-doorward-spa",
    }
    | {b"x-device-token", b"x-request-id"}
)


_FIELD_BYTES: Final = len(": \r\n")


class Front:
    """The HTTP door: the one place that catches whatever was not foreseen."""

    def __init__(self, app: ASGIApp, doors: Doors, plan: Plan, error_page: ErrorPage | None = None) -> None:
        self._app = app
        self._doors = doors
        self.plan = plan
        self._error_page = error_page
        self._proxies = Proxies(doors.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = perf_counter()
        row = self.plan.find(_path(scope))
        visit, header_bytes, repeated = self._visit(scope, row)
        scope[VISIT] = visit
        is_head, is_of_files = scope["method"] == "HEAD", self._is_of_files(scope, visit)
        answer = Answer(send, visit, is_head=is_head, protects=protect_file if is_of_files else protect)
        begun = cause.begin(visit.request_id)
        trace = None if self._doors.traces is None else self._follow(scope, visit)
        if is_head and not is_of_files and not _acts_on_get(row):  # RFC 9110 section 9.3.2
            scope = {**scope, "method": "GET"}
        try:
            if is_of_files:
                await self._serve_file(scope, receive, answer, visit=visit, head=(header_bytes, repeated))
            else:
                await self._serve(scope, receive, answer, visit=visit, row=row, head=(header_bytes, repeated))
        except Refusal as refusal:
            await answer.give(refuse(visit, refusal), scope, receive)
        except Exception as error:
            self._doors.watch.failed(error, route=visit.route, request_id=visit.request_id)
            if answer.status and not answer.is_finished:
                raise
            if not answer.status:
                await answer.give(refuse(visit, Unforeseen()), scope, receive)
        finally:
            cause.end(begun)
        seconds = perf_counter() - started
        if trace is not None:
            cause.belong(None)
            trace.end(method=scope["method"], route=visit.route, status=answer.status, seconds=seconds)
        self._doors.watch.answered(
            method=scope["method"],
            route=visit.route,
            status=answer.status,
            seconds=seconds,
            request_id=visit.request_id,
        )

    def _follow(self, scope: Scope, visit: Visit) -> Trace | None:
        """Return the trace of a request, if somebody follows it; what belongs to it is only believed of a gateway."""
        doors, peer = self._doors, scope["client"][0] if scope.get("client") else None
        presented = visit.header(b"traceparent") if self._proxies.trust(peer) else None
        trace = None if doors.traces is None else doors.traces.begin(presented, visit.request_id)
        if trace is not None:
            cause.belong(trace.traceparent)
        return trace

    def leave(self) -> None:
        """Tell gateways from now on to go elsewhere with what comes next."""
        self._doors.leaving.begin()

    def visit_beside(self, request: Request, kind: RouteClass) -> Visit:
        """Return the visit to a route that is not ours, of the application that we are mounted in.

        It is guarded as a route of this class of ours is; its limits and its body are that application's.
        Raises: HeaderRepeated, CookieRepeated, CsrfFailed.
        """
        scope, method = request.scope, request.method
        visit, _, repeated = self._visit(scope, None)
        visit.facts = Facts(getattr(scope.get("route"), "path", request.url.path), kind, frozenset({method}))
        scope[VISIT] = visit
        if repeated:
            raise HeaderRepeated
        if not kind.reads_cookies:
            return visit
        visit.jar = cookies_of(self._doors.issuer).read(visit.header(b"cookie") or "")
        if method not in SAFE:
            csrf.require_same_origin(visit)
            bound = csrf.bound_to(visit)
            visit.is_unguarded = bound is None or not bound.is_session  # without a session there is nothing to forge
            if not visit.is_unguarded:
                csrf.require_token(visit, bound)
        return visit

    def _is_of_files(self, scope: Scope, visit: Visit) -> bool:
        """Tell whether a request is for the origin of files, where nothing else answers."""
        files = self._doors.files
        if files is None or visit.headers.get(b"host") != files.host:
            return False
        return files.is_apart or _path(scope).startswith("/f/")

    async def _serve_file(
        self, scope: Scope, receive: Receive, answer: Answer, *, visit: Visit, head: tuple[int, bool]
    ) -> None:
        header_bytes, repeated = head
        visit.facts, visit.error_page = None, None
        body_size.check_head(scope, header_bytes)
        if repeated:
            raise HeaderRepeated
        await in_a_task()
        await answer.give(await origin.serve(visit, scope, _path(scope)), scope, receive)

    async def _serve(
        self, scope: Scope, receive: Receive, answer: Answer, *, visit: Visit, row: Row | None, head: tuple[int, bool]
    ) -> None:
        header_bytes, repeated = head
        body_size.check_head(scope, header_bytes)
        if repeated:
            raise HeaderRepeated
        if b"host" not in visit.headers and scope["http_version"] == "1.1":
            raise HostMissing
        if row is None:
            if scope["path"].endswith("\n"):  # the router would take it for the path without, past every guard
                raise NotFound
            scope[ROUTES] = ()
            await in_a_task()
            await self._app(scope, receive, answer)
            return
        if row.ending is not None:
            visit.added_headers += row.ending.told(_path(scope), base=self._doors.issuer)
        granted = await cors.open_to(visit)
        visit.added_headers += granted
        method: str = scope["method"]
        if method == "OPTIONS" and cors.is_preflight(visit):
            await answer.give(cors.preflight(row.facts, granted), scope, receive)
            return
        if row.facts.kind.reads_cookies:
            visit.jar = cookies_of(self._doors.issuer).read(visit.header(b"cookie") or "")
        if method not in SAFE:
            receive = await self._guard(receive, visit, row, method)
        if method not in row.facts.methods:
            visit.added_headers.append((b"allow", _allowed(row)))
            raise MethodRefused
        await self._answer(scope, receive, answer, row)

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer, row: Row) -> None:
        at_once = row.at_once.get(scope["method"])
        if at_once is None:
            scope[ROUTES] = row.routes
            await in_a_task()
            await self._app(scope, receive, answer)
        else:
            await answer.give(await at_once(Request(scope, receive)), scope, receive)

    async def _guard(self, receive: Receive, visit: Visit, row: Row, method: str) -> Receive:
        """Return what gives the body of an unsafe request, once it has passed every guard."""
        facts = row.facts
        is_guarded = facts.kind.reads_cookies and facts.path not in csrf.BEGUN_ELSEWHERE
        if is_guarded:
            csrf.require_same_origin(visit)
        if facts.kind is RouteClass.SPA:
            csrf.require_script(visit)
        limit = row.limits.get(method)
        if limit is not None:
            await limits.spend(visit, limit, limits.network_key(visit.address))
        is_stream = method in row.streams
        if not is_stream:
            body = await body_size.read_body(receive, visit.headers.get(b"content-length"))
            visit.body = body
            visit.form = body_size.check_body(body, visit.headers.get(b"content-type"), facts)
        if is_guarded and not (is_stream and facts.kind is RouteClass.PAGE):
            self._require_token(visit)
        return receive if is_stream else body_size.replay(body, receive)

    @staticmethod
    def _require_token(visit: Visit) -> None:
        bound = csrf.bound_to(visit)
        visit.is_unguarded = csrf.has_nothing_to_forge(visit, bound)
        if visit.is_unguarded:
            return
        csrf.require_token(visit, bound)

    def _visit(self, scope: Scope, row: Row | None) -> tuple[Visit, int, bool]:
        """Return the visit, how many bytes its header fields have, and whether one that may come once came twice."""
        fields: Sequence[tuple[bytes, bytes]] = scope["headers"]
        headers, repeated = _read(fields)
        if len(headers) == len(fields):
            header_bytes = len(b"".join(headers)) + len(b"".join(headers.values()))
        else:
            header_bytes = len(b"".join(chain.from_iterable(fields)))
        header_bytes += _FIELD_BYTES * len(fields)
        doors, client = self._doors, scope.get("client")
        peer = client[0] if client else None
        is_from_proxy = self._proxies.trust(peer)
        forwarded = headers.get(b"x-forwarded-for")
        presented_id = headers.get(b"x-request-id") if is_from_proxy else None
        visit = Visit(
            doors=doors,
            request_id=request_id(presented_id.decode("latin-1") if presented_id else None, now=doors.clock.now()),
            address=self._proxies.client(peer, forwarded.decode("latin-1") if forwarded is not None else None),
            is_from_proxy=is_from_proxy,
            headers=headers,
            facts=row.facts if row else None,
            error_page=self._error_page,
            added_headers=list(doors.leaving.fields),
        )
        return visit, header_bytes, repeated


def _read(fields: Sequence[tuple[bytes, bytes]]) -> tuple[dict[bytes, bytes], bool]:
    """Return header fields by name, those of one name as one, and whether one that may come once came twice."""
    headers = dict(fields)
    if len(headers) == len(fields):
        return headers, False
    headers, repeated = {}, False
    for name, value in fields:
        if name not in headers:
            headers[name] = value
        elif name == b"cookie":
            headers[name] += b"; " + value
        else:
            repeated = repeated or name in ONCE
            headers[name] += b", " + value
    return headers, repeated


def _acts_on_get(row: Row | None) -> bool:
    """Tell whether GET does more than show: it may end in a code, a session or the end of one.

    Only a browser that goes there is to do that. What merely asks for the head, such as a program that looks where a
    link leads, must change nothing, so it is told that it may not (RFC 9110 section 15.5.6).
    """
    return row is not None and row.facts.path in ACTS_ON_GET


def _allowed(row: Row) -> bytes:
    """Return the methods of a path, all of them (RFC 9110 section 10.2.1)."""
    methods = row.facts.methods
    has_head = "GET" in methods and not _acts_on_get(row)
    return ", ".join(sorted(methods | {"HEAD"} if has_head else methods)).encode()


def _path(scope: Scope) -> str:
    """Return the path below the point that we are mounted at."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path

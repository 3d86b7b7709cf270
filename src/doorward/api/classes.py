"""Route classes: which credentials a route reads. Each route belongs to exactly one."""

from enum import StrEnum
from functools import cached_property


class RouteClass(StrEnum):
    """The tag that a route carries. It is decided by the route's router, never by what a request brings along."""

    WEB = "web"
    MOBILE = "mobile"
    PUBLIC = "public"
    OAUTH = "oauth"
    SPA = "spa"
    PAGE = "page"
    OPERATOR = "operator"
    GATEWAY = "gateway"

    @cached_property
    def reads_cookies(self) -> bool:
        """Tell whether routes of this class know a caller by cookies, and so need the guard against forgery."""
        return self in (RouteClass.WEB, RouteClass.PAGE)

    @cached_property
    def speaks_oauth(self) -> bool:
        """Tell whether applications call routes of this class, with forms, and are refused as RFC 6749 has it."""
        return self in (RouteClass.OAUTH, RouteClass.SPA)

    @cached_property
    def reads_bearer(self) -> bool:
        """Tell whether routes of this class know a caller by a bearer token."""
        return self in (RouteClass.MOBILE, RouteClass.OPERATOR, RouteClass.GATEWAY)

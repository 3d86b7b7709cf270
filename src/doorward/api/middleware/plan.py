"""The routes by path: what the front must know of one before it lets a request through."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fastapi.routing import APIRoute

from doorward.api import versions
from doorward.api.classes import RouteClass
from doorward.api.middleware.body_size import STREAMED
from doorward.api.thin import Endpoint, ThinRoute
from doorward.api.versions import Ending
from doorward.api.visit import Facts
from doorward.core.limits.records import Limit


@dataclass(frozen=True, slots=True)
class Row:
    """One path: its facts, the limits it spends by method, what answers at once, when it ends.

    `streams` are the methods whose body is taken as it comes; `routes` are what the framework answers with.
    """

    facts: Facts
    limits: Mapping[str, Limit]
    at_once: Mapping[str, Endpoint]
    ending: Ending | None = None
    streams: frozenset[str] = frozenset()
    routes: tuple[APIRoute, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Every path of ours. Most are found by one look into a dictionary."""

    exact: Mapping[str, Row]
    patterns: tuple[tuple[re.Pattern[str], Row], ...] = field(default=())

    def find(self, path: str) -> Row | None:
        """Return the row of a path, or None when there is no such route."""
        row = self.exact.get(path)
        if row is not None:
            return row
        return next((row for pattern, row in self.patterns if pattern.match(path)), None)


def plan_of(routes: Iterable[APIRoute], limits: Mapping[tuple[str, str], Limit], endings: Mapping[str, Ending]) -> Plan:
    """Return the plan of these routes. What a limit says of a path holds for that path in later versions too.

    Raises: ValueError, when a route carries no class or two, when one path belongs to two classes, or when something
    ends that is no route or has no successor.
    """
    grouped: dict[str, list[APIRoute]] = defaultdict(list)
    for route in routes:
        grouped[route.path].append(route)
    versions.check(endings, grouped)
    exact: dict[str, Row] = {}
    patterns: list[tuple[re.Pattern[str], Row]] = []
    for path, sharing in grouped.items():
        row = _row(path, sharing, limits, endings.get(path))
        if "{" in path:
            patterns.append((sharing[0].path_regex, row))
        else:
            exact[path] = row
    return Plan(exact, tuple(patterns))


def _row(path: str, sharing: list[APIRoute], limits: Mapping[tuple[str, str], Limit], ending: Ending | None) -> Row:
    classes = {_class_of(route) for route in sharing}
    if len(classes) != 1:
        raise ValueError(f"{path} belongs to {len(classes)} route classes")
    methods = frozenset(method for route in sharing for method in route.methods or ())
    at_once = {
        method: route.endpoint for route in sharing if isinstance(route, ThinRoute) for method in route.methods or ()
    }
    first = versions.in_first(path)
    spent = {method: limits[method, first] for method in methods if (method, first) in limits}
    streams = STREAMED.get(first, frozenset())
    return Row(Facts(path, classes.pop(), methods), spent, at_once, ending, streams, tuple(sharing))


def _class_of(route: APIRoute) -> RouteClass:
    tags = {str(tag) for tag in route.tags}
    found = [kind for kind in RouteClass if kind in tags]
    if len(found) != 1:
        raise ValueError(f"{route.path} carries {len(found)} route classes instead of one")
    return found[0]

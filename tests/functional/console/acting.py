"""The pages of the console, its actions, and what a store holds."""

import sqlite3
from contextlib import closing
from typing import Final

from tests.functional.pages.paper import Form
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site

PAGES: Final = (
    "/console",
    "/console/accounts",
    "/console/accounts?q=margaret",
    "/console/accounts?q=nobody",
    "/console/accounts?newer=oldest",
    "/console/accounts/operators",
    "/console/accounts/{id}",
    "/console/clients",
    "/console/clients?q=nothing",
    "/console/clients/reports",
    "/console/consents",
    "/console/consents?account=margaret",
    "/console/consents?client=reports",
)
"""What is looked at. `{id}` is an account's."""

CHANGES: Final = (
    "/console/accounts/{id}/disable",
    "/console/accounts/{id}/end-sessions",
    "/console/accounts/{id}/unlock",
    "/console/accounts/{id}/grant?target=keeper",
    "/console/accounts/{id}/revoke?target=editor",
    "/console/new-client",
    "/console/clients/reports/change",
    "/console/clients/reports/rotate-secret",
    "/console/clients/reports/disable",
    "/console/clients/reports/remove",
)
"""What changes something when its form is sent."""

ACTIONS: Final = (*CHANGES, "/console/accounts/{id}/enable", "/console/clients/reports/enable")

TABLES: Final = (
    "dw_accounts",
    "dw_roles",
    "dw_sessions",
    "dw_attempts",
    "dw_clients",
    "dw_grants",
    "dw_consents",
    "dw_onetimes",
    "dw_jobs",
    "dw_audit",
)


def contents(site: Site) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows that somebody's action could change."""
    with closing(sqlite3.connect(site.file)) as store:
        return {table: store.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608


def placed(pages: Site, path: str) -> str:
    """Return a path with margaret's id in it."""
    return path.format(id=id_of(pages, "margaret"))


def id_of(pages: Site, name: str) -> str:
    """Return the id of an account."""
    return pages.house.flows.show_account(name).account.id


def form_at(visitor: Visitor, path: str) -> Form:
    """Return the one form that changes something on a page."""
    forms = visitor.open(path).paper.forms
    assert visitor.status == 200, (path, visitor.status)
    return next(form for form in forms.values() if "csrf_token" in form.fields)

"""Every page of the console, for the router of all pages to include."""

from fastapi import APIRouter

from doorward.api.pages.console import consents, home
from doorward.api.pages.console.accounts import act as act_on_account
from doorward.api.pages.console.accounts import find as find_accounts
from doorward.api.pages.console.accounts import see as see_account
from doorward.api.pages.console.clients import act as act_on_client
from doorward.api.pages.console.clients import find as find_clients
from doorward.api.pages.console.clients import see as see_client
from doorward.api.pages.console.clients import write as write_client
from doorward.api.pages.console.overview import audit, health, jobs, keys, locks, settings, verify


def console_routers() -> tuple[APIRouter, ...]:
    """Return the routers of all sections; where one path could be meant by two, the narrower comes first."""
    return (
        home.router,
        find_accounts.router,
        see_account.router,
        act_on_account.router,
        find_clients.router,
        write_client.router,
        see_client.router,
        act_on_client.router,
        consents.router,
        verify.router,
        audit.router,
        jobs.router,
        keys.router,
        locks.router,
        settings.router,
        health.router,
    )

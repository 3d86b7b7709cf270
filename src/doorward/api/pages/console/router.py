"""Every page of the console, for the router of all pages to include."""

from fastapi import APIRouter

from doorward.api.pages.console import home
from doorward.api.pages.console.accounts import act as act_on_account
from doorward.api.pages.console.accounts import find as find_accounts
from doorward.api.pages.console.accounts import see as see_account


def console_routers() -> tuple[APIRouter, ...]:
    """Return the routers of all sections."""
    return (home.router, find_accounts.router, see_account.router, act_on_account.router)

"""Every page of the console, for the router of all pages to include."""

from fastapi import APIRouter

from doorward.api.pages.console import home


def console_routers() -> tuple[APIRouter, ...]:
    """Return the routers of all sections."""
    return (home.router,)

"""Every page, for the application to include."""

from fastapi import APIRouter

from doorward.api.doors import Doors
from doorward.api.pages import assets, mailbox
from doorward.api.pages.account import applications, confirm, leave, picture, profile, sessions, ways
from doorward.api.pages.consent import ask, authorize
from doorward.api.pages.console.router import console_routers
from doorward.api.pages.device import confirm as confirm_device
from doorward.api.pages.device import enter as enter_device
from doorward.api.pages.entry import leave as leave_entry
from doorward.api.pages.entry import recover, register, returning, setup, sign_in, sign_in_with, verify
from doorward.api.pages.home import home_router


def page_routers(doors: Doors) -> tuple[APIRouter, ...]:
    """Return the routers of all pages; the mailbox is among them where there is one."""
    routers = (
        assets.router,
        home_router(),
        sign_in.router,
        leave_entry.router,
        sign_in_with.router,
        register.router,
        verify.router,
        recover.router,
        setup.router,
        returning.router,
        profile.router,
        picture.router,
        confirm.router,
        ways.router,
        leave.router,
        sessions.router,
        applications.router,
        ask.router,
        enter_device.router,
        confirm_device.router,
        authorize.hot,
        *console_routers(),
    )
    return routers if doors.mailbox is None else (*routers, mailbox.router)

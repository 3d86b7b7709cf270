"""Every state that a sign-in can find an account in: each makes it, and returns what to sign in with."""

from typing import Final

import pytest

from doorward.core.login.errors import InvalidCredentials
from tests.house import ABROAD, WRONG_PASSWORD, House


def spend(house: House, login: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            house.sign_in(login, WRONG_PASSWORD, caller=ABROAD)


def unknown(_: House) -> str:
    return "nobody"


def unreadable(_: House) -> str:
    return "no name at all!"


def known(house: House) -> str:
    house.account("margaret")
    return "margaret"


def known_by_address(house: House) -> str:
    house.account("margaret")
    return "margaret@mail.example"


def unverified(house: House) -> str:
    house.claim("margaret")
    return "margaret"


def disabled(house: House) -> str:
    house.account("margaret")
    house.flows.set_enabled("margaret", enabled=False)
    return "margaret"


def closing(house: House) -> str:
    house.flows.close_account(house.account("margaret"))
    return "margaret"


def without_password(house: House) -> str:
    house.flows.add_account("margaret", "margaret@mail.example")
    return "margaret"


def suspended(house: House) -> str:
    house.account("margaret")
    spend(house, "margaret", 5)
    return "margaret"


def unknown_and_suspended(house: House) -> str:
    spend(house, "nobody", 5)
    return "nobody"


def about_to_be_suspended(house: House) -> str:
    house.account("margaret")
    spend(house, "margaret", 4)
    return "margaret"


STATES: Final = (
    unknown,
    unreadable,
    known,
    known_by_address,
    unverified,
    disabled,
    closing,
    without_password,
    suspended,
    unknown_and_suspended,
    about_to_be_suspended,
)

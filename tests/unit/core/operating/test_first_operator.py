from datetime import timedelta

import pytest

from doorward.core.access.records import OPERATOR
from doorward.core.accounts.errors import UserExists
from doorward.core.credentials.errors import PasswordUnsuitable
from doorward.core.kernel.errors import Invalid
from doorward.core.onetime.errors import LinkRefused
from tests.house import PASSWORD, House


def create(house: House, token: str | None, *, name: str = "olive", password: str = PASSWORD) -> None:
    house.flows.create_first_operator(f"{token}", username=name, email=f"{name}@mail.example", password=password)


def test_create_first_operator_may_operate_at_once(house: House) -> None:
    assert house.flows.lacks_operator()

    create(house, house.flows.invite_first_operator())

    assert not house.flows.lacks_operator()
    assert house.sign_in("olive").profile.roles == (OPERATOR,)


def test_create_first_operator_link_works_once(house: House) -> None:
    token = house.flows.invite_first_operator()
    create(house, token)

    with pytest.raises(LinkRefused):
        create(house, token, name="second")


def test_invite_first_operator_again_the_earlier_link_dies(house: House) -> None:
    first, second = house.flows.invite_first_operator(), house.flows.invite_first_operator()

    with pytest.raises(LinkRefused):
        create(house, first)

    create(house, second)


def test_invite_first_operator_when_there_is_one_is_none(house: House) -> None:
    create(house, house.flows.invite_first_operator())

    assert house.flows.invite_first_operator() is None


def test_create_first_operator_when_there_is_one_by_now_is_refused(house: House) -> None:
    token = house.flows.invite_first_operator()
    house.flows.add_account("quick", "quick@mail.example", roles=(OPERATOR,))

    with pytest.raises(LinkRefused):
        create(house, token)


def test_create_first_operator_after_a_week_is_refused(house: House) -> None:
    token = house.flows.invite_first_operator()
    house.clock.pause(timedelta(days=7))

    with pytest.raises(LinkRefused):
        create(house, token)


def test_create_first_operator_refused_for_the_name_or_password_keeps_the_link(house: House) -> None:
    house.account("taken")
    token = house.flows.invite_first_operator()

    with pytest.raises(Invalid):
        create(house, token, name="a b")
    with pytest.raises(PasswordUnsuitable):
        create(house, token, password="short")
    with pytest.raises(UserExists):
        create(house, token, name="taken")

    create(house, token)


@pytest.mark.parametrize("presented", ["", "anything"])
def test_create_first_operator_forged_link_costs_no_hash(house: House, presented: str) -> None:
    with pytest.raises(LinkRefused):
        create(house, presented)

    assert house.hasher.calls == 0


def test_create_first_operator_with_another_link_is_refused(house: House) -> None:
    added = house.flows.add_account("adele", "adele@mail.example")

    with pytest.raises(LinkRefused):
        create(house, added.token)

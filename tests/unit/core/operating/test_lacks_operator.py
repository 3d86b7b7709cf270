from tests.house import PASSWORD, House


def test_lacks_operator_new_deployment_does(house: House) -> None:
    house.account()

    assert house.flows.lacks_operator()


def test_lacks_operator_after_setup_does_not(house: House) -> None:
    token = house.flows.invite_first_operator() or ""

    house.flows.create_first_operator(token, username="grace", email="grace@mail.example", password=PASSWORD)

    assert not house.flows.lacks_operator()

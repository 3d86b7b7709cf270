from tests.house import House


def test_name_accounts_names_those_who_are_there_once_each(house: House) -> None:
    margaret, grace = house.account("margaret"), house.account("grace")
    house.statements.clear()

    names = house.flows.overview.name_accounts([margaret, None, grace, margaret, "erased", ""])

    assert names == {margaret: "margaret", grace: "grace"}
    assert house.statements == ["accounts.by_id"] * 3

"""What is checked of the ways of signing in that an application wishes for, or insists on."""

import pytest

from tests.unit.core.oauth.authorize.test_checks import FEDERATED, PASSWORD, passed, refused


@pytest.mark.parametrize("wish", ['{"essential": true, "values": ["phr"]}', '{"essential": true, "value": "phr"}'])
def test_check_essential_way_of_signing_in_that_is_not_offered_is_refused(wish: str) -> None:
    assert refused(claims=f'{{"id_token": {{"acr": {wish}}}}}') == "unmet_authentication_requirements"


@pytest.mark.parametrize(
    "wish",
    ['{"essential": true}', '{"values": ["phr"]}', f'{{"essential": true, "values": ["{PASSWORD}"]}}'],
)
def test_check_way_of_signing_in_that_is_offered_or_not_essential_passes(wish: str) -> None:
    assert passed(claims=f'{{"id_token": {{"acr": {wish}}}}}').claims is not None


@pytest.mark.parametrize(
    ("presented", "acrs"),
    [(None, ()), ("1 2", ()), (f"phr {FEDERATED}  {PASSWORD}", (FEDERATED, PASSWORD)), (PASSWORD.upper(), ())],
)
def test_check_acr_values_are_a_wish_for_what_is_offered(presented: str | None, acrs: tuple[str, ...]) -> None:
    found = passed(acr_values=presented)

    assert (found.acrs, found.is_acr_essential) == (acrs, False)


def test_check_essential_way_of_signing_in_counts_before_acr_values() -> None:
    wish = f'{{"id_token": {{"acr": {{"essential": true, "value": "{FEDERATED}"}}}}}}'

    found = passed(acr_values=PASSWORD, claims=wish)

    assert (found.acrs, found.is_acr_essential) == ((FEDERATED,), True)
    assert (found.is_met_by(FEDERATED), found.is_met_by(PASSWORD), found.is_met_by(None)) == (True, False, False)


def test_check_wish_in_claims_counts_beside_acr_values() -> None:
    found = passed(acr_values=PASSWORD, claims=f'{{"id_token": {{"acr": {{"values": ["phr", "{FEDERATED}", 1]}}}}}}')

    assert (found.acrs, found.is_acr_essential) == ((PASSWORD, FEDERATED), False)


def test_check_way_of_signing_in_that_is_essential_without_a_value_is_any_that_is_known() -> None:
    found = passed(claims='{"id_token": {"acr": {"essential": true}}}')

    assert (found.is_met_by(PASSWORD), found.is_met_by(None)) == (True, False)
    assert passed().is_met_by(None)

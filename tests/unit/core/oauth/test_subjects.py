from dataclasses import replace

import pytest

from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.subjects import Subjects
from tests.builders import ACCOUNT, CLIENT, a_client

SUBJECTS = Subjects(bytes(32))
PAIRWISE = replace(a_client(), is_pairwise=True)
OTHER = replace(PAIRWISE, id=ClientId("payroll"))


def test_subject_is_the_account_where_nobody_asked_for_another_name() -> None:
    assert SUBJECTS.of(a_client(), ACCOUNT) == ACCOUNT


def test_subject_is_the_same_for_clients_whose_answers_all_go_to_one_host() -> None:
    elsewhere = replace(OTHER, redirect_uris=("https://app.example/a", "https://app.example:8443/b"))

    assert SUBJECTS.of(PAIRWISE, ACCOUNT) == SUBJECTS.of(elsewhere, ACCOUNT) != ACCOUNT


@pytest.mark.parametrize(
    "uris",
    [
        (),
        ("https://app.example/a", "https://other.example/b"),
        ("com.example.app:/in",),
        ("https://app.example/a", "com.evil.app://app.example/b"),
        ("http://127.0.0.1/in",),
    ],
    ids=["none", "two hosts", "no host", "a host that proves nothing", "everybody's host"],
)
def test_subject_is_the_clients_alone_where_its_addresses_name_no_one_host(uris: tuple[str, ...]) -> None:
    one, other = replace(PAIRWISE, redirect_uris=uris), replace(OTHER, redirect_uris=uris)

    assert len({SUBJECTS.of(client, ACCOUNT) for client in (one, other, PAIRWISE)}) == 3


def test_subject_of_a_registered_sector_does_not_change_with_the_addresses() -> None:
    one = replace(PAIRWISE, sector="sector.example")
    moved = replace(one, redirect_uris=("https://moved.example/in",))

    assert SUBJECTS.of(one, ACCOUNT) == SUBJECTS.of(moved, ACCOUNT) != SUBJECTS.of(PAIRWISE, ACCOUNT)


def test_subjects_show_no_key() -> None:
    assert CLIENT not in repr(SUBJECTS)
    assert repr(SUBJECTS) == "Subjects()"

"""Secrets of what is written a second time: those that are given now, and those that were made once."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Final

import pytest

from doorward.gateway.machines import chart, compose, systemd
from doorward.gateway.machines.files import Files
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import Loaded
from tests.machines.deployment import loaded, topology

OLD, NEW = "old" * 16, "new" * 16

Writes = Callable[[Loaded, Mapping[str, str]], Files]
WRITERS: Final[Mapping[str, Writes]] = {
    "compose": lambda given, kept: compose.written(given, topology(), kept=kept, user="1000:1000", version="0.1.0"),
    "systemd": lambda given, kept: systemd.written(given, topology(), kept=kept),
    "helm": lambda given, kept: chart.written(
        given, topology(applications=()), kept=kept, pods_in=IPv4Network("10.244.0.0/16"), version="0.1.0"
    ),
}


@pytest.fixture(params=WRITERS.values(), ids=list(WRITERS))
def writes(request: pytest.FixtureRequest) -> Writes:
    """Return each of what writes secrets in turn."""
    chosen: Writes = request.param
    return chosen


def secrets(files: Files) -> dict[str, str]:
    """Return what would stand in the folder of secrets."""
    return {name.removeprefix("secrets/"): file.text for name, file in files.items() if file.is_secret}


def test_secret_that_was_changed_takes_the_place_of_the_one_that_leaked(writes: Writes) -> None:
    first = secrets(writes(loaded(secret=OLD), {}))

    again = secrets(writes(loaded(secret=NEW, secret_previous=OLD), first))

    assert (again["secret"], again["secret_previous"]) == (NEW, OLD)


def test_secret_that_nobody_gives_any_more_is_gone(writes: Writes) -> None:
    first = secrets(writes(loaded(secret=NEW, secret_previous=OLD), {}))

    assert "secret_previous" not in secrets(writes(loaded(secret=NEW), first))


def test_password_of_the_mail_server_is_the_one_that_is_given_now(writes: Writes) -> None:
    first = secrets(writes(loaded(), {}))

    again = secrets(writes(loaded(smtp_url="smtps://doorward:another@mail.example.org"), first))

    assert "another" in again["smtp_url"]


def test_what_was_made_once_stays(writes: Writes) -> None:
    first = secrets(writes(loaded(), {}))

    assert secrets(writes(loaded(), first)) == first


def test_pepper_that_would_make_every_password_wrong_is_refused(writes: Writes) -> None:
    first = secrets(writes(loaded(), {}))

    with pytest.raises(SettingsInvalid, match="pepper_previous"):
        writes(loaded(pepper=NEW), first)


def test_pepper_after_the_one_that_was_made_is_written_with_it(writes: Writes) -> None:
    first = secrets(writes(loaded(pepper=OLD), {}))

    again = secrets(writes(loaded(pepper=NEW, pepper_previous=OLD), first))

    assert (again["pepper"], again["pepper_previous"]) == (NEW, OLD)

"""What is shown of a store's URL."""

import pytest

from doorward.assembly.archives import shown
from doorward.settings.problems import SettingsInvalid


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me:secret@db:5433/x?sslmode=require", "postgresql://db:5433/x"),
        ("mongodb://h/x", "mongodb://h/x"),
        ("mongodb://h", "mongodb://h"),
        ("mongodb://h1:27018,h2,[::1]:3/x?w=1&appName=secret", "mongodb://h1:27018,h2,[::1]:3/x"),
        ("mongodb://me:secret@h1,h2/x?replicaSet=secret", "mongodb://h1,h2/x"),
        ("mongodb://me@h1,h2?replicaSet=secret", "mongodb://h1,h2"),
        ("mongodb+srv://me:sec%40ret@cluster.example.org/x", "mongodb+srv://cluster.example.org/x"),
    ],
)
def test_shown_tells_hosts_and_database_and_nothing_else(url: str, expected: str) -> None:
    assert shown(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://me:sec/ret@h/x",
        "mongodb://me:sec?ret@h/x",
        "mongodb://me:sec@ret@h/x",
        "mongodb://me:secret@h/x?a=sec@ret",
        "mongodb://",
        "mongodb+srv:///x",
    ],
)
def test_shown_of_a_url_that_can_be_read_in_two_ways_is_refused_without_it(url: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        shown(url)

    assert "sec" not in str(caught.value)

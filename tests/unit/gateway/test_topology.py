from pathlib import Path

import pytest

from doorward.gateway.topology import read
from doorward.settings.problems import SettingsInvalid
from tests.architecture.tree import PROJECT
from tests.docs.markdown import blocks

GUIDE = PROJECT / "docs" / "how-to" / "write-the-gateway.md"
WHOLE = """
[auth]
servers = ["10.0.0.11:8000", "[fd00::12]:8000"]

[gateway]
networks = ["10.0.0.5/32"]

[[applications]]
origin = "https://reports.example.org"
servers = ["reports.internal:3000"]
"""


BEGINS = "a path begins and ends with /"
TOO_LONG = "gateway.verdict_seconds: Input should be less than or equal"


def a_file(folder: Path, text: str) -> Path:
    place = folder / "topology.toml"
    place.write_text(text)
    return place


def test_read_fills_in_what_is_usual(tmp_path: Path) -> None:
    found = read(a_file(tmp_path, WHOLE))

    (reports,) = found.applications
    assert (reports.path, reports.guarded, reports.root) == ("/", True, None)
    assert found.gateway.verdict_seconds == 2
    assert [str(address) for address in found.gateway.listen] == ["0.0.0.0", "::"]  # noqa: S104 (for everybody)


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ('"10.0.0.11:8000"', '"10.0.0.11"', "auth.servers.0: a server is HOST:PORT, in lower case."),
        ('"10.0.0.11:8000"', '"10.0.0.11:70000"', "auth.servers.0: a server is HOST:PORT, in lower case."),
        ('"10.0.0.11:8000"', '"a:1; } evil"', "auth.servers.0: a server is HOST:PORT, in lower case."),
        ("https://reports.example.org", "https://reports.example.org/x", "applications.0.origin: an origin is"),
        ("https://reports.example.org", "http://reports.example.org", "applications.0.origin: http is only for"),
        ("https://reports.example.org", "https://*.example.org", "applications.0.origin: Use an absolute https URI"),
        ('servers = ["reports.internal:3000"]', "", "has either servers or a root"),
        ('servers = ["reports.internal:3000"]', 'root = "reports"', "a path here is absolute"),
        ('servers = ["reports.internal:3000"]', 'root = "/srv/a;b"', "a path here is absolute"),
        (
            'servers = ["reports.internal:3000"]',
            'servers = ["a:1"]\npath = "/a/../b/"',
            BEGINS,
        ),
        ('servers = ["reports.internal:3000"]', 'servers = ["a:1"]\npath = "/a b/"', BEGINS),
        (
            "networks =",
            "verdict_seconds = 3\nnetworks =",
            "gateway.verdict_seconds: Input should be less than or equal",
        ),
        ("networks =", 'certificate = "/etc/x y.pem"\nnetworks =', "gateway.certificate: a path here is absolute"),
        ('["10.0.0.5/32"]', '["10.0.0.5/24"]', "gateway.networks.0"),
        ("[gateway]", "[gateways]", "gateways: Extra inputs are not permitted."),
    ],
)
def test_read_refuses_what_no_configuration_can_hold(tmp_path: Path, wrong: str, right: str, told: str) -> None:
    place = a_file(tmp_path, WHOLE.replace(wrong, right))

    with pytest.raises(SettingsInvalid) as refused:
        read(place)

    assert told in str(refused.value)


def test_read_refuses_two_applications_in_one_place(tmp_path: Path) -> None:
    twice = WHOLE[WHOLE.index("[[applications]]") :]

    with pytest.raises(SettingsInvalid, match=r"https://reports\.example\.org/ is given to two applications"):
        read(a_file(tmp_path, WHOLE + twice))


EVERYTHING = """
[files]
servers = ["10.0.0.13:8000"]

[store]
kind = "postgresql"
servers = ["10.0.0.31:5432"]

[cache]
servers = ["10.0.0.41:6379"]

[worker]
servers = ["10.0.0.11:9100", "10.0.0.51:9100"]

[monitoring]
server = "10.0.0.61:9090"
alertmanager = "10.0.0.61:9093"
targets = ["10.0.0.31:9187"]
"""


def test_read_says_whom_to_watch(tmp_path: Path) -> None:
    found = read(a_file(tmp_path, WHOLE + EVERYTHING))

    assert found.doorward == ("10.0.0.11:8000", "[fd00::12]:8000", "10.0.0.13:8000")
    assert found.targets == (*found.doorward, "10.0.0.11:9100", "10.0.0.51:9100", "10.0.0.31:9187")


def test_read_without_more_than_servers_watches_them_alone(tmp_path: Path) -> None:
    found = read(a_file(tmp_path, WHOLE))

    assert (found.doorward, found.workers, found.targets) == (found.auth.servers, (), found.auth.servers)


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ('kind = "postgresql"', 'kind = "oracle"', "store.kind: Input should be 'sqlite', 'postgresql' or 'mongodb'"),
        ('kind = "postgresql"', 'kind = "sqlite"', "sqlite is a file and has no servers"),
        ('servers = ["10.0.0.31:5432"]', "", "every other store has at least one"),
        (
            'kind = "postgresql"\nservers = ["10.0.0.31:5432"]',
            'kind = "sqlite"',
            "a store of sqlite is a file of one machine, and servers stand on 4",
        ),
        ('"10.0.0.41:6379"', '"10.0.0.31:5432"', "10.0.0.31:5432 is given to two parts"),
        ('"10.0.0.51:9100"', '"10.0.0.11:8000"', "10.0.0.11:8000 is given to two parts"),
        ('"10.0.0.61:9093"', '"reports.internal:3000"', "reports.internal:3000 is given to two parts"),
    ],
)
def test_read_refuses_parts_that_cannot_be(tmp_path: Path, wrong: str, right: str, told: str) -> None:
    place = a_file(tmp_path, (WHOLE + EVERYTHING).replace(wrong, right))

    with pytest.raises(SettingsInvalid) as refused:
        read(place)

    assert told in str(refused.value)


def test_read_says_where_the_file_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"is no TOML: .*line 2"):
        read(a_file(tmp_path, "[auth]\nservers = ;\n"))


def test_read_takes_what_the_guide_shows(tmp_path: Path) -> None:
    shown = next(block.text for block in blocks(GUIDE.read_text("utf-8")) if block.language == "toml")

    found = read(a_file(tmp_path, shown))

    assert [application.origin for application in found.applications] == [
        "https://reports.example.org",
        "https://id.example.org",
    ]

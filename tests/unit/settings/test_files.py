"""What an operator says of kept files."""

from dataclasses import replace
from pathlib import Path

import pytest

from doorward.adapters.memory.files.bytes import MemoryBytes
from doorward.assembly.keeping.flows import file_doors, keeping_of
from doorward.assembly.keeping.places import Places, places_of
from doorward.core.files.records import Key
from doorward.settings.check import check_production
from doorward.settings.load import given
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import Loaded

FILES = "https://files.example.net"


def loaded(**values: object) -> Loaded:
    return given({"issuer": "https://auth.example.org", **values})


def problem_of(**values: object) -> str:
    with pytest.raises(SettingsInvalid) as raised:
        loaded(**values)
    return str(raised.value)


def test_server_on_this_machine_serves_files_under_its_other_name() -> None:
    files = given({"port": 8123}).settings.files

    assert files.files_origin == "http://127.0.0.1:8123"
    assert files.files_url.get_secret_value().endswith("/doorward-data/files")


@pytest.mark.parametrize(
    "values", [{"environment": "production"}, {"issuer": "http://localhost:9000"}, {"issuer": "https://a.example"}]
)
def test_no_other_server_serves_files_unless_it_is_told_where(values: dict[str, object]) -> None:
    assert given(values).settings.files.files_origin is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("files_origin", "files.example.net"),
        ("files_origin", "https://files.example.net/"),
        ("files_origin", "https://me@files.example.net"),
        ("files_origin", "ftp://files.example.net"),
        ("files_origin", "https://files.example.net:443"),
        ("files_origin", "http://files.example.net:80"),
        ("files_url", "file://host/folder"),
        ("files_url", "file:///"),
        ("files_url", "file:///folder?x=1"),
        ("files_url", "s3://"),
        ("files_url", "ftp://host/folder"),
        ("files_types", "text/html"),
        ("files_scan_url", "clamav://host"),
        ("files_scan_url", "clamav://me@host:3310"),
        ("files_scan_url", "http://host:3310"),
        ("files_accel", "kept/"),
        ("files_accel", "/kept"),
        ("files_accel", "/kept/;return 200/"),
        ("files_max_bytes", 0),
        ("files_quota_bytes", 0),
    ],
)
def test_value_that_cannot_be_used_is_said(name: str, value: object) -> None:
    assert name in problem_of(**{name: value})


@pytest.mark.parametrize("origin", ["https://auth.example.org:8443", "http://auth.example.org"])
def test_files_on_the_host_of_the_issuer_are_refused(origin: str) -> None:
    settings = loaded(files_origin=origin).settings

    with pytest.raises(SettingsInvalid, match="on the host of the issuer"):
        keeping_of(settings, Places(MemoryBytes()))


def test_links_lead_below_the_path_that_the_server_is_mounted_at() -> None:
    settings = loaded(issuer="https://www.example.org/auth", files_origin=FILES).settings

    keeping = keeping_of(settings, Places(MemoryBytes()))

    assert (keeping.origin, keeping.path) == (FILES, "/auth")


def test_origin_of_files_that_is_not_https_keeps_from_production() -> None:
    def whats(origin: str) -> list[str]:
        return [each.what for each in check_production(loaded(environment="production", files_origin=origin))]

    assert "The origin of files http://files.example.net is not https." in whats("http://files.example.net")
    assert not [what for what in whats(FILES) if "files" in what]


def test_doors_of_files_are_apart_unless_nobody_chose_where() -> None:
    settings = loaded(files_origin=FILES).settings
    keeping = keeping_of(settings, Places(MemoryBytes()))

    doors = [file_doors(settings, keeping, is_default=is_default) for is_default in (False, True)]

    assert [each.is_apart for each in doors if each] == [True, False]
    assert file_doors(settings, replace(keeping, origin=None), is_default=False) is None


def test_gateway_may_send_the_files_of_a_folder_and_nothing_else(tmp_path: Path) -> None:
    place = (tmp_path / "a b").as_uri()
    settings = loaded(files_origin=FILES, files_accel="/kept-files/", files_url=place).settings
    places = places_of(settings)

    doors = file_doors(settings, keeping_of(settings, places), is_default=False)

    assert doors is not None
    assert doors.accel is not None
    assert doors.accel(Key("0" * 26)) == f"/kept-files/kept/000000/{'0' * 26}"
    with pytest.raises(SettingsInvalid, match="no folder"):
        file_doors(settings, keeping_of(settings, Places(MemoryBytes())), is_default=False)

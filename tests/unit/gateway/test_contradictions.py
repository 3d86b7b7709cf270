"""Where topology.toml and doorward.toml say different things, nothing is written."""

from collections.abc import Mapping

import pytest

from doorward.gateway.contradictions import contradictions
from doorward.gateway.topology import Topology
from doorward.settings.load import given

AUTH = {"servers": ["10.0.0.11:8000"]}
GATEWAY = {"networks": ["10.0.0.5/32"]}
DATABASE = "postgresql://doorward:s3cret-word@10.0.0.31/doorward"
POSTGRESQL = {"kind": "postgresql", "servers": ["10.0.0.31:5432"]}
CLUSTER = {"kind": "mongodb", "servers": ["a:27017", "b:27018"]}


def told(sections: Mapping[str, object], **settings: object) -> list[str]:
    """Return what is wrong, and what to do, of each contradiction."""
    topology = Topology.model_validate({"auth": AUTH, "gateway": GATEWAY, **sections})
    return [f"{each.what} {each.why} {each.remedy}" for each in contradictions(given(settings).settings, topology)]


@pytest.mark.parametrize(
    ("store", "url"),
    [
        (POSTGRESQL, DATABASE),
        (POSTGRESQL, "postgresql://10.0.0.31:5432/doorward?sslmode=require"),
        (CLUSTER, "mongodb://user:word@A,b:27018/doorward?replicaSet=one"),
        (CLUSTER, "mongodb+srv://user:word@cluster.example.org/doorward"),
        ({"kind": "sqlite"}, "sqlite:////srv/doorward.sqlite3"),
        ({"kind": "sqlite"}, ""),
        ({"kind": "postgresql", "servers": ["[fd00::1]:5432"]}, "postgresql://[fd00::1]/doorward"),
    ],
)
def test_contradictions_store_that_both_name_is_none(store: Mapping[str, object], url: str) -> None:
    assert told({"store": store}, store_url=url) == []


def test_contradictions_store_of_another_kind_is_one() -> None:
    (told_of,) = told({"store": POSTGRESQL}, store_url="")

    assert "doorward.toml keeps accounts in sqlite." in told_of
    assert "Set store_url in doorward.toml to that store" in told_of


def test_contradictions_store_elsewhere_is_one_and_tells_no_password() -> None:
    (told_of,) = told({"store": {"kind": "postgresql", "servers": ["10.0.0.32:5432"]}}, store_url=DATABASE)

    assert "names 10.0.0.31:5432" in told_of
    assert "listens on 10.0.0.32:5432" in told_of
    assert "s3cret-word" not in told_of


@pytest.mark.parametrize("url", ["redis://cache:6380", "rediss://:s3cret@cache:6380/1", "redis://CACHE:6380"])
def test_contradictions_cache_that_both_name_is_none(url: str) -> None:
    assert told({"cache": {"servers": ["cache:6380", "cache:6381"]}}, cache_url=url) == []


def test_contradictions_cache_that_servers_do_not_share_is_one() -> None:
    (told_of,) = told({"cache": {"servers": ["cache:6379"]}})

    assert 'cache_url = "redis://cache:6379"' in told_of


def test_contradictions_cache_elsewhere_is_one() -> None:
    (told_of,) = told({"cache": {"servers": ["cache:6379"]}}, cache_url="redis://:s3cret@other")

    assert "cache_url in doorward.toml names other:6379" in told_of
    assert "s3cret" not in told_of


def test_contradictions_parts_that_topology_does_not_name_are_none() -> None:
    assert told({}, store_url=DATABASE, cache_url="redis://cache") == []


def test_contradictions_servers_of_files_without_an_origin_are_one() -> None:
    (told_of,) = told({"files": {"servers": ["10.0.0.13:8000"]}}, issuer="https://id.example.org")

    assert "Set files_origin in doorward.toml" in told_of


TWO_MACHINES = {"auth": {"servers": ["10.0.0.11:8000", "10.0.0.12:8000"]}}
FILES_ORIGIN = "https://files.example.org"


def test_contradictions_folder_of_files_that_each_machine_has_for_itself_is_one() -> None:
    (told_of,) = told(TWO_MACHINES, files_origin=FILES_ORIGIN)

    assert "Servers stand on 2 machines" in told_of
    assert "s3://BUCKET" in told_of


@pytest.mark.parametrize("url", ["s3://bucket/prefix", "file:///srv/shared/files"])
def test_contradictions_place_of_files_that_all_machines_have_is_none(url: str) -> None:
    assert told(TWO_MACHINES, files_origin=FILES_ORIGIN, files_url=url) == []


def test_contradictions_folder_of_files_of_servers_on_one_machine_is_none() -> None:
    assert told({"auth": {"servers": ["10.0.0.11:8000", "10.0.0.11:8001"]}}, files_origin=FILES_ORIGIN) == []


@pytest.mark.parametrize("url", ["s3://bucket/prefix", "file:///srv/a%20folder"])
def test_contradictions_files_that_no_gateway_can_send_are_one(url: str) -> None:
    (told_of,) = told({}, files_origin=FILES_ORIGIN, files_url=url, files_accel="/kept-files/")

    assert "no gateway can name the folder of files" in told_of

import re
from pathlib import Path

import pytest

from doorward.gateway import nginx
from tests.unit.gateway.test_description import APPLICATION, GATEWAY, ISSUER, of

FOLDER = Path("/etc/nginx/doorward")


def test_written_files_name_one_another_and_nothing_else() -> None:
    files = nginx.written(of(APPLICATION), FOLDER)

    included = {
        line.split()[1].rstrip(";")
        for text in files.values()
        for line in map(str.strip, text.splitlines())
        if line.startswith("include ")
    }
    assert included == {str(FOLDER / name) for name in files} - {str(FOLDER / "doorward.conf")}


def test_written_site_knows_its_origin_by_itself() -> None:
    conf = nginx.written(of(APPLICATION), FOLDER)["doorward.conf"]

    assert f"set $doorward_origin {ISSUER};" in conf
    assert "set $doorward_origin https://reports.example.org;" in conf
    assert "set $doorward_authority reports.example.org;" in conf
    assert "$http_host" not in "".join(nginx.written(of(APPLICATION), FOLDER).values())


def test_written_yes_is_kept_by_everything_that_it_depends_on() -> None:
    asks = nginx.written(of(APPLICATION), FOLDER)["doorward-asks.conf"]

    assert r'proxy_cache_key "$doorward_origin\n$http_authorization\n$http_cookie";' in asks
    assert "proxy_cache_valid 200 2s;" in asks
    assert asks.count("proxy_cache_valid") == 1


def test_written_without_a_kept_yes_keeps_nothing() -> None:
    files = nginx.written(of(APPLICATION, gateway={**GATEWAY, "verdict_seconds": 0}), FOLDER)

    assert set(re.findall(r"proxy_cache\w* [^;]+;", "".join(files.values()))) == {
        "proxy_cache off;",
        "proxy_cache_lock off;",
        "proxy_cache_use_stale off;",
    }


def test_written_behind_another_proxy_reads_its_word_from_the_right() -> None:
    server = nginx.written(of(gateway={**GATEWAY, "behind": ["203.0.113.0/24"]}), FOLDER)["doorward-server.conf"]

    assert "set_real_ip_from 203.0.113.0/24;" in server
    assert "real_ip_recursive on;" in server
    assert "real_ip" not in nginx.written(of(), FOLDER)["doorward-server.conf"]


@pytest.mark.parametrize(
    ("log", "errors"),
    {
        "/var/log/gateway.log": "/var/log/gateway.log.errors",
        "/dev/shm/gateway.log": "/dev/shm/gateway.log.errors",  # noqa: S108 (a file, in memory)
        "/dev/stdout": "stderr",
        "/dev/fd/1": "stderr",
    }.items(),
)
def test_written_errors_go_to_a_file_beside_the_log_unless_that_is_none(log: str, errors: str) -> None:
    server = nginx.written(of(gateway={**GATEWAY, "log": log}), FOLDER)["doorward-server.conf"]

    assert f"access_log {log} doorward;\nerror_log {errors} crit;\n" in server

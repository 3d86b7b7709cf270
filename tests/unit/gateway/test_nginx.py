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
    assert "proxy_cache_valid 200 1s;" in asks  # what is one second old by whole seconds may be nearly two
    assert asks.count("proxy_cache_valid") == 1


@pytest.mark.parametrize("seconds", [0, 1])
def test_written_without_a_kept_yes_keeps_nothing(seconds: int) -> None:
    files = nginx.written(of(APPLICATION, gateway={**GATEWAY, "verdict_seconds": seconds}), FOLDER)

    assert set(re.findall(r"proxy_cache\w* [^;]+;", "".join(files.values()))) == {
        "proxy_cache off;",
        "proxy_cache_lock off;",
        "proxy_cache_use_stale off;",
    }


def test_written_application_is_not_passed_over_after_a_failure_and_doorward_is() -> None:
    conf = nginx.written(of(APPLICATION), FOLDER)["doorward.conf"]

    assert re.findall(r"server (\S+:\d+) (max_fails=\d)", conf) == [
        ("10.0.0.11:8000", "max_fails=1"),
        ("10.0.0.21:3000", "max_fails=0"),
    ]


def test_written_port_80_leads_names_of_its_own_on_and_writes_of_callers_what_the_others_do() -> None:
    conf = nginx.written(of(APPLICATION), FOLDER)["doorward.conf"]

    servers = [server for server in re.split(r"(?m)^server {", conf) if re.search(r":80[; ]", server)]
    assert len(servers) == 3
    assert "listen 0.0.0.0:80 default_server;" in servers[0]
    assert "return 421;" in servers[0]
    assert all(f"include {FOLDER}/doorward-server.conf;" in server for server in servers)


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

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from doorward.gateway import traefik
from doorward.gateway.description import Gateway
from doorward.settings.problems import SettingsInvalid
from tests.unit.gateway.test_description import APPLICATION, GATEWAY, ISSUER, of

FOLDER = Path("/etc/traefik/doorward")
BEHIND = {**GATEWAY, "behind": ["203.0.113.0/24"]}


def static(gateway: Gateway) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(traefik.written(gateway, FOLDER)["traefik.yaml"])
    return found


def dynamic(gateway: Gateway) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(traefik.written(gateway, FOLDER)["doorward.yaml"])
    return found


def test_written_opens_no_port_by_itself_but_one_on_this_machine() -> None:
    points = static(of(APPLICATION, gateway={**GATEWAY, "listen": ["10.0.0.5", "fd00::5"], "inner_port": 9181}))

    addresses = {name: point["address"] for name, point in points["entryPoints"].items()}
    assert addresses == {
        "traefik": "127.0.0.1:9181",
        "port-80-1": "10.0.0.5:80",
        "port-80-2": "[fd00::5]:80",
        "port-443-1": "10.0.0.5:443",
        "port-443-2": "[fd00::5]:443",
    }
    assert points["providers"]["file"]["filename"] == str(FOLDER / "doorward.yaml")


def test_written_listens_everywhere_once() -> None:
    addresses = {point["address"] for point in static(of(APPLICATION))["entryPoints"].values()}

    assert addresses == {"127.0.0.1:9180", "[::]:80", "[::]:443"}


def test_written_counts_and_cleans_at_the_root_of_every_router() -> None:
    routers = dynamic(of(APPLICATION, {**APPLICATION, "origin": ISSUER, "path": "/app/"}))["http"]["routers"]

    roots = {name: router for name, router in routers.items() if "entryPoints" in router}
    assert roots.keys() == {"doorward-tls", "doorward-secured", "doorward-asked"}
    assert roots["doorward-tls"]["middlewares"] == ["doorward-counted", "doorward-cleaned"]
    assert roots["doorward-tls"]["entryPoints"] == ["port-443-1"]
    assert roots["doorward-secured"]["entryPoints"] == ["port-80-1"]
    assert all("parentRefs" in router for name, router in routers.items() if name not in roots)


def test_written_asks_about_guarded_places_alone() -> None:
    routers = dynamic(of(APPLICATION, {**APPLICATION, "path": "/open/", "guarded": False}))["http"]["routers"]

    asking = {router["rule"] for router in routers.values() if "doorward-asks" in router.get("middlewares", ())}
    assert asking == {"Host(`reports.example.org`) && PathPrefix(`/`)"}


def test_written_knows_a_host_that_is_an_address_of_ipv6() -> None:
    routers = dynamic(of(issuer="http://[::1]:8080", protected_hosts=[]))["http"]["routers"]

    assert routers["site-1-doorward"]["rule"] == "Host(`::1`) && !Path(`/metrics`)"


@pytest.mark.parametrize(
    ("gateway", "strategy", "trusted"),
    [(GATEWAY, {"ipv6Subnet": 64}, None), (BEHIND, {"depth": 1, "ipv6Subnet": 64}, ["203.0.113.0/24"])],
)
def test_written_believes_the_proxies_before_it_and_nobody_else(
    gateway: Mapping[str, object], strategy: Mapping[str, int], trusted: list[str] | None
) -> None:
    what = of(gateway=gateway)

    point = static(what)["entryPoints"]["port-443-1"].get("forwardedHeaders", {})
    limits = [each["rateLimit"] for each in dynamic(what)["http"]["middlewares"].values() if "rateLimit" in each]
    assert [limit["sourceCriterion"]["ipStrategy"] for limit in limits] == [strategy, strategy]
    assert point.get("trustedIPs") == trusted
    assert static(what)["entryPoints"]["traefik"]["forwardedHeaders"]["trustedIPs"] == ["127.0.0.1/32"]


def test_written_for_files_is_refused() -> None:
    files = {"origin": ISSUER, "path": "/notebook/", "root": "/srv/notebook", "guarded": False}

    with pytest.raises(SettingsInvalid, match="made of the files in /srv/notebook, and Traefik serves no files"):
        traefik.written(of(files), FOLDER)


@pytest.mark.parametrize(
    ("gateway", "scale", "told"),
    [
        (
            GATEWAY,
            1,
            [
                "Traefik forgets callers who are silent for 13 s: it lets in 5 sign-ins each time.",
                "Traefik keeps no yes of Doorward for 2 s: it asks about each request.",
            ],
        ),
        (
            {**BEHIND, "verdict_seconds": 0},
            100,
            [
                "Traefik forgets callers who are silent for 2 s: it lets in 500 sign-ins each time.",
                "Traefik takes the last address that the proxy before it names, whoever that is.",
                "Traefik takes all whom a proxy writes as ::ffff:ADDRESS for one caller.",
            ],
        ),
    ],
)
def test_differs_says_what_traefik_does_otherwise(gateway: Mapping[str, object], scale: int, told: list[str]) -> None:
    assert [problem.what for problem in traefik.differs(of(gateway=gateway, limits_scale=scale))] == told

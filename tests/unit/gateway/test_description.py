import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from doorward.api.gateways.identity import NAMES
from doorward.assembly.app import created
from doorward.core.files.records import AVATAR_MAX_BYTES
from doorward.core.limits.records import LIMITS, Tier
from doorward.gateway.description import OWN_PATHS, UPLOADS, Gateway, Tokens, described
from doorward.gateway.topology import Topology
from doorward.gateway.writers import WRITERS
from doorward.settings.load import given
from doorward.settings.problems import SettingsInvalid

ISSUER = "https://id.example.org"
REPORTS = "https://reports.example.org"
GATEWAY = {"networks": ["10.0.0.5/32"], "certificate": "/etc/id.pem", "key": "/etc/id.key"}
APPLICATION = {"origin": REPORTS, "servers": ["10.0.0.21:3000"]}


def of(*applications: Mapping[str, object], gateway: Mapping[str, object] | None = None, **chosen: object) -> Gateway:
    """Return the gateway that sections of the topology and settings describe, told apart by their types."""
    sections = {name: value for name, value in chosen.items() if isinstance(value, Mapping)}
    settings = {name: value for name, value in chosen.items() if name not in sections}
    said = {
        "issuer": ISSUER,
        "trusted_proxies": "10.0.0.5/32",
        "protected_hosts": [{"origin": ISSUER}, {"origin": REPORTS}],
        **settings,
    }
    members = {"auth": {"servers": ["10.0.0.11:8000"]}, "gateway": gateway or GATEWAY, "applications": applications}
    return described(given(said).settings, Topology.model_validate(members | sections))


def test_described_has_a_site_for_each_origin_the_issuers_first() -> None:
    gateway = of(APPLICATION, {**APPLICATION, "path": "/old/"}, {**APPLICATION, "origin": ISSUER, "path": "/app/"})

    assert [(site.host, site.port, site.is_issuer) for site in gateway.sites] == [
        ("id.example.org", 443, True),
        ("reports.example.org", 443, False),
    ]
    assert [place.path for place in gateway.sites[1].places] == ["/", "/old/"]
    assert [pool.name for pool in gateway.pools] == ["doorward", "application_1", "application_2", "application_3"]


def test_described_counts_what_the_table_says_and_nothing_else() -> None:
    coarse = {limit.name: limit for limit in LIMITS if limit.tier is Tier.GATEWAY}

    rates = {rate.name: rate for rate in of().rates}

    assert rates.keys() == coarse.keys()
    assert {name: rate.amount for name, rate in rates.items()} == {name: row.amount for name, row in coarse.items()}
    assert {name: rate.retry_after_seconds for name, rate in rates.items()} == {"api": 1, "sign_in_page": 12}


def test_described_widens_with_the_applications_limits() -> None:
    assert [rate.amount for rate in of(limits_scale=10).rates] == [1000, 50]


def test_described_takes_every_field_of_an_identity_away_from_callers() -> None:
    assert {name.encode() for name in of().identity} == NAMES


@pytest.mark.parametrize("trusted", ["", "10.0.0.0/8", "10.0.0.5/32,10.0.0.6/32"])
def test_described_other_proxies_than_the_gateway_are_refused(trusted: str) -> None:
    with pytest.raises(SettingsInvalid, match=re.escape('trusted_proxies = "10.0.0.5/32"')):
        of(trusted_proxies=trusted)


def test_described_guarded_host_that_doorward_does_not_know_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match=f"{REPORTS} is to be guarded"):
        of(APPLICATION, protected_hosts=[{"origin": ISSUER}])


def test_described_open_host_need_not_be_known() -> None:
    assert of({**APPLICATION, "guarded": False}, protected_hosts=[]).sites[1].is_guarded is False


ADMIN: Final = {**APPLICATION, "path": "/admin/"}
OPEN: Final = {**APPLICATION, "guarded": False}


@pytest.mark.parametrize("bearer_only", [False, True])
def test_described_guarded_part_of_servers_that_are_open_around_it_is_refused(*, bearer_only: bool) -> None:
    hosts = [{"origin": REPORTS, "audience": REPORTS}]
    servers = ["10.0.0.22:3000", *APPLICATION["servers"]]

    with pytest.raises(SettingsInvalid, match=f"{REPORTS}/admin/ is guarded, and its servers answer at / unguarded"):
        of(OPEN, {**ADMIN, "servers": servers, "bearer_only": bearer_only}, protected_hosts=hosts)


@pytest.mark.parametrize(
    "applications",
    [
        (OPEN, {**ADMIN, "servers": ["10.0.0.21:3001"]}),
        (APPLICATION, {**OPEN, "path": "/public/"}),
        ({**OPEN, "path": "/public/"}, ADMIN),
        ({**OPEN, "origin": ISSUER, "path": "/reports/"}, ADMIN),
    ],
    ids=["servers of its own", "open within guarded", "beside", "another origin"],
)
def test_described_guarded_part_that_nothing_open_leads_around_is_fine(
    applications: Sequence[Mapping[str, object]],
) -> None:
    assert any(site.is_guarded for site in of(*applications).sites)


BEARER: Final = {**APPLICATION, "bearer_only": True}


def test_described_tokens_of_an_api_are_those_of_its_host_and_nobody_is_asked() -> None:
    host = {"origin": REPORTS, "audience": "https://api.example.org", "scopes": ["reports:read", "reports:write"]}

    (place,) = of(BEARER, protected_hosts=[host]).sites[1].places

    assert place.tokens == Tokens(ISSUER, "https://api.example.org", ("reports:read", "reports:write"))
    assert not place.is_guarded


def test_described_api_without_an_audience_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="is bearer_only, and no audience is known"):
        of(BEARER)


def test_described_api_that_wants_a_role_is_refused() -> None:
    host = {"origin": REPORTS, "audience": "https://api.example.org", "role": "analyst"}

    with pytest.raises(SettingsInvalid, match="No token tells of roles"):
        of(BEARER, protected_hosts=[host])


@pytest.mark.parametrize("path", ["/", "/v1/", "/oauth/app/", "/sign-in/"])
def test_described_application_in_the_way_of_doorward_is_refused(path: str) -> None:
    with pytest.raises(SettingsInvalid, match="is in the way of Doorward"):
        of({**APPLICATION, "origin": ISSUER, "path": path})


def test_described_https_without_a_certificate_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="The gateway has no certificate"):
        of(gateway={"networks": ["10.0.0.5/32"]})


FILES = "https://files.example.org"


def test_described_files_have_an_origin_where_doorward_answers_and_nobody_is_asked() -> None:
    gateway = of(files_origin=FILES)

    (site,) = [site for site in gateway.sites if site.origin == FILES]
    assert [(place.path, place.pool, place.is_guarded) for place in site.places] == [("/", "doorward", False)]
    assert (site.is_issuer, site.is_doorwards) == (False, True)


def test_described_files_may_have_servers_of_their_own() -> None:
    gateway = of(files_origin=FILES, files_url="s3://files", files={"servers": ["10.0.0.13:8000"]})

    assert gateway.sites[-1].places[0].pool == "files"
    assert {pool.name: pool.servers for pool in gateway.pools}["files"] == ("10.0.0.13:8000",)


def test_described_uploads_are_as_long_as_a_picture_where_files_are_shorter() -> None:
    uploads = of(files_origin=FILES, files_max_bytes=1000).uploads

    assert uploads is not None
    assert uploads.max_bytes == AVATAR_MAX_BYTES + 64 * 1024


def test_described_uploads_are_as_long_as_a_file_and_a_body_around_it() -> None:
    uploads = of(files_origin=FILES, files_max_bytes=100 << 20).uploads

    assert uploads is not None
    assert uploads.max_bytes == (100 << 20) + 64 * 1024
    assert {path.rpartition("/")[2] for path in uploads.paths} == {"files", "avatar", "picture"}


def test_described_where_nothing_is_kept_nothing_is_uploaded() -> None:
    assert of(files_origin=None).uploads is None


def test_described_application_where_files_are_served_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match=f"{REPORTS}/ is where files are served"):
        of(APPLICATION, files_origin=REPORTS)


def test_described_origin_of_files_that_no_configuration_can_hold_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="cannot be named in a configuration"):
        of(files_origin="https://files.example.org;evil")


def test_described_contradictions_of_the_store_are_told() -> None:
    with pytest.raises(SettingsInvalid, match=r"doorward\.toml keeps accounts in sqlite"):
        of(store={"kind": "postgresql", "servers": ["10.0.0.31:5432"]})


def test_uploads_are_taken_nowhere_but_where_the_gateway_lets_them_through(tmp_path: Path) -> None:
    plan = created({"data_dir": tmp_path / "data"}).front.plan
    rows = [*plan.exact.values(), *(row for _, row in plan.patterns)]

    paths = [row.facts.path for row in rows if row.streams]

    assert {path for path in paths if f"{path}/".startswith(tuple(f"{each}/" for each in UPLOADS))} == set(paths)
    assert paths


def test_own_paths_are_those_that_the_application_answers(tmp_path: Path) -> None:
    plan = created({"data_dir": tmp_path / "data"}).front.plan

    paths = [*plan.exact, *(row.facts.path for _, row in plan.patterns)]

    assert {f"/{path.split('/')[1]}" for path in paths} - {"/"} == OWN_PATHS


@pytest.mark.parametrize(
    "issuer", [f"{ISSUER}/auth", "https://a;b", "https://a{b}.example", 'https://a"b.example', "https://a b.example"]
)
def test_described_issuer_is_an_origin_that_every_configuration_can_name(issuer: str) -> None:
    """Below a path nobody would count attempts, nor keep figures from everybody."""
    with pytest.raises(SettingsInvalid, match="No gateway can be written for the issuer"):
        of(issuer=issuer)


@pytest.mark.parametrize("name", WRITERS)
def test_written_files_that_nobody_would_send_are_refused(name: str, tmp_path: Path) -> None:
    gateway = of(files_origin="https://files.example.org", files_url="file:///srv/files", files_accel="/kept/")

    if name == "nginx":
        assert "location /kept/" in WRITERS[name].written(gateway, tmp_path)["doorward.conf"]
        return
    with pytest.raises(SettingsInvalid, match="sends no files in Doorward's place"):
        WRITERS[name].written(gateway, tmp_path)


@pytest.mark.parametrize(("name", "is_said"), {"nginx": False, "traefik": True, "caddy": False, "envoy": True}.items())
def test_differs_where_addresses_of_ipv4_that_a_proxy_writes_as_ipv6_are_one(name: str, *, is_said: bool) -> None:
    told = [problem.what for problem in WRITERS[name].differs(of(gateway={**GATEWAY, "behind": ["203.0.113.0/24"]}))]

    assert any("::ffff:ADDRESS" in each for each in told) is is_said
    assert not any("::ffff:ADDRESS" in problem.what for problem in WRITERS[name].differs(of()))

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from doorward.gateway.description import Gateway
from doorward.gateway.envoy import write
from doorward.settings.problems import SettingsInvalid
from tests.unit.gateway.test_description import APPLICATION, GATEWAY, ISSUER, REPORTS, of

FOLDER = Path("/etc/envoy")
API = {**APPLICATION, "bearer_only": True}
HOSTS = [{"origin": ISSUER}, {"origin": REPORTS, "audience": "https://api.example.org", "scopes": ["reports:read"]}]


def written(gateway: Gateway) -> Any:  # noqa: ANN401 (a document)
    return json.loads(write.written(gateway, FOLDER)[write.FILE])


def every(document: object, key: str) -> Iterator[Any]:
    """Yield what stands anywhere in a document by a name."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            if name == key:
                yield value
            yield from every(value, key)
    elif isinstance(document, list):
        for each in document:
            yield from every(each, key)


def routes(document: object, cluster: str) -> list[Any]:
    """Return the routes that lead to a pool."""
    found = [route for routes in every(document, "routes") for route in routes]
    return [route for route in found if route.get("route", {}).get("cluster") == cluster]


def test_written_guard_is_there_unless_it_is_taken_away() -> None:
    document = written(of(APPLICATION, {**APPLICATION, "path": "/open/", "guarded": False}))

    (guarded, opened, own) = (routes(document, name) for name in ("application_1", "application_2", "doorward"))
    off = "envoy.filters.http.ext_authz"
    assert all(off not in route["typed_per_filter_config"] for route in guarded)
    assert all(route["typed_per_filter_config"][off]["disabled"] for route in (*opened, *own))


def test_written_where_nobody_is_asked_nothing_asks() -> None:
    text = write.written(of({**APPLICATION, "guarded": False}), FOLDER)[write.FILE]

    assert "ext_authz" not in text
    assert "jwt_authn" not in text


def test_written_longest_path_of_a_site_stands_first() -> None:
    document = written(of({**APPLICATION, "path": "/a/"}, {**APPLICATION, "path": "/a/b/"}, APPLICATION))

    (site,) = [host for hosts in every(document, "virtual_hosts") for host in hosts if host["name"] == REPORTS]
    prefixes = [route["match"].get("prefix") for route in site["routes"] if "headers" not in route["match"]]
    assert [each for each in prefixes if each] == ["/a/b/", "/a/", "/", "/"]


def test_written_names_of_a_site_are_as_browsers_write_them() -> None:
    document = written(
        of(
            {**APPLICATION, "origin": "https://reports.example.org:8443"},
            protected_hosts=[{"origin": "https://reports.example.org:8443"}],
        )
    )

    names = {host["name"]: host["domains"] for hosts in every(document, "virtual_hosts") for host in hosts}
    assert names[ISSUER] == ["id.example.org", "id.example.org:443"]
    assert names["https://reports.example.org:8443"] == ["reports.example.org:8443"]
    assert names[f"{ISSUER} in clear text"] == ["id.example.org", "id.example.org:80"]


def test_written_certificate_is_named_where_there_is_one() -> None:
    files = write.written(of(), FOLDER)

    secret = json.loads(files["certificate.json"])["resources"][0]["tls_certificate"]
    assert secret["certificate_chain"]["filename"] == GATEWAY["certificate"]
    assert '"path": "/etc/envoy/certificate.json"' in files[write.FILE]


def test_written_behind_another_proxy_reads_its_word_from_the_right() -> None:
    behind = written(of(gateway={**GATEWAY, "behind": ["203.0.113.0/24", "2001:db8::/32"]}))

    (cidrs, *_) = every(behind, "cidrs")
    assert cidrs == [
        {"address_prefix": "203.0.113.0", "prefix_len": 24},
        {"address_prefix": "2001:db8::", "prefix_len": 32},
    ]
    assert set(every(behind, "use_remote_address")) == {False}
    assert set(every(written(of()), "use_remote_address")) == {True}


def test_written_behind_another_proxy_believes_no_trace_since_others_may_reach_it() -> None:
    behind = written(of(gateway={**GATEWAY, "behind": ["203.0.113.0/24"]}))

    taken = {each["safe_regex"]["regex"] for each in every(behind, "key_matcher") if "safe_regex" in each}

    assert {"traceparent", "tracestate"} <= taken


@pytest.mark.parametrize(
    ("servers", "kind"),
    [
        (["10.0.0.21:3000", "[fd00::21]:3000"], "STATIC"),
        (["10.0.0.21:3000", "reports.internal:3000"], "STRICT_DNS"),
    ],
)
def test_written_servers_with_names_are_looked_up(servers: list[str], kind: str) -> None:
    document = written(of({**APPLICATION, "servers": servers}))

    (pool,) = [each for each in document["static_resources"]["clusters"] if each["name"] == "application_1"]
    assert pool["type"] == kind


def test_written_token_must_be_an_access_token_for_the_api_with_its_scopes() -> None:
    document = written(of(API, protected_hosts=HOSTS))

    (providers,) = {json.dumps(each) for each in every(document, "providers")}
    (judged, *_) = every(document, "principals")
    assert json.loads(providers)["https://api.example.org"]["issuer"] == ISSUER
    assert '"exact": "at+jwt"' in json.dumps(judged)
    assert '"exact": "reports:read"' in json.dumps(judged)


def test_written_files_are_refused() -> None:
    files = {"origin": REPORTS, "root": "/srv/reports", "guarded": False}

    with pytest.raises(SettingsInvalid, match=r"Envoy cannot serve the files of https://reports\.example\.org/"):
        written(of(files))

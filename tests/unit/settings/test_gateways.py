"""Protected hosts as an operator writes them down."""

import json
from pathlib import Path

import pytest

from doorward.assembly.house import protected_hosts_of
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.settings.check import check_production
from doorward.settings.load import given, load
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import Settings

APP = "https://app.example.org"
WHOLE = {"origin": APP, "audience": "urn:example:app", "scopes": ["a", "b"], "role": "keeper"}


def settings_of(*hosts: object, **more: object) -> Settings:
    return given({"protected_hosts": list(hosts), "trusted_proxies": "10.0.0.0/8", **more}).settings


def problems_of(*hosts: object) -> str:
    with pytest.raises(SettingsInvalid) as raised:
        settings_of(*hosts)
    return str(raised.value)


def test_hosts_of_settings_are_what_was_written() -> None:
    assert protected_hosts_of(settings_of(WHOLE, {"origin": "http://localhost:9000"})) == (
        ProtectedHost(APP, "urn:example:app", ("a", "b"), "keeper"),
        ProtectedHost("http://localhost:9000"),
    )


def test_hosts_of_file_and_environment_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "doorward.toml"
    file.write_text(
        f'trusted_proxies = "10.0.0.0/8"\n[[protected_hosts]]\norigin = "{APP}"\naudience = "urn:example:app"\n'
        'scopes = ["a", "b"]\nrole = "keeper"\n'
    )
    of_file = load(file=file, env_file=tmp_path / "none").settings.gateways
    monkeypatch.setenv("DOORWARD_PROTECTED_HOSTS", json.dumps([WHOLE]))

    of_environment = load(env_file=tmp_path / "none").settings.gateways

    assert of_file == of_environment


@pytest.mark.parametrize(
    "origin",
    [
        "app.example.org",
        "https://app.example.org/",
        "https://app.example.org/x",
        "https://app.example.org?x",
        "https://app.example.org:443",
        "http://localhost:80",
        "http://app.example.org",
        "https://APP.example.org",
        "https://*.example.org",
        "https://user@app.example.org",
        "https://app.example.org.",
        "https://0x7f.1",
        "ftp://app.example.org",
        "*",
        "",
    ],
)
def test_host_that_browsers_write_otherwise_is_refused(origin: str) -> None:
    assert problems_of({"origin": origin}).startswith("protected_hosts cannot be used")


@pytest.mark.parametrize(
    "host",
    [
        {},
        {"origin": APP, "audience": "app"},
        {"origin": APP, "audience": "https://app.example.org/#x"},
        {"origin": APP, "role": "Keeper of keys"},
        {"origin": APP, "scopes": ["a"]},
        {"origin": APP, "paths": ["/"]},
        "https://app.example.org",
    ],
)
def test_host_that_is_not_described_right_is_refused(host: object) -> None:
    assert problems_of(host).startswith("protected_hosts cannot be used")


def test_two_hosts_of_one_name_are_refused() -> None:
    twice = ({"origin": "https://localhost:9000"}, {"origin": "http://localhost:9000"})

    assert "two protected hosts have the same name" in problems_of(*twice)


def test_text_that_is_no_list_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="a list in JSON"):
        given({"protected_hosts": "https://app.example.org"})


def test_hosts_without_a_trusted_proxy_are_refused() -> None:
    with pytest.raises(SettingsInvalid, match="no trusted proxy"):
        protected_hosts_of(given({"protected_hosts": [WHOLE]}).settings)


@pytest.mark.parametrize("audience", ["https://id.example.org", "https://id.example.org/v1/web"])
def test_audience_of_the_issuer_itself_is_refused(audience: str) -> None:
    settings = settings_of({"origin": APP, "audience": audience}, issuer="https://id.example.org")

    with pytest.raises(SettingsInvalid, match="is the issuer's own"):
        protected_hosts_of(settings)


def test_audience_on_the_issuers_host_that_is_not_below_it_is_taken() -> None:
    host = {"origin": APP, "audience": "https://id.example.org/app"}

    (found,) = protected_hosts_of(settings_of(host, issuer="https://id.example.org/auth"))

    assert found.audience == "https://id.example.org/app"


def test_production_wants_https_for_every_host() -> None:
    hosts = {"protected_hosts": [{"origin": "http://localhost:9000"}, {"origin": APP}]}

    problems = [problem.what for problem in check_production(given({"environment": "production", **hosts}))]

    assert "The protected host http://localhost:9000 is not https." in problems
    assert not any(APP in problem for problem in problems)

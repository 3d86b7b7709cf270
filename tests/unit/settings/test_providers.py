"""Providers as an operator writes them down."""

import json
from pathlib import Path

import pytest

from doorward.assembly.providers import examine_providers, providers_of
from doorward.core.federation.presets import PRESETS
from doorward.core.federation.records import Dialect, SecretUse
from doorward.settings.check import check_production
from doorward.settings.load import given, load
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import shown

SECRET = "a secret that nobody may see"
GOOGLE = {"preset": "google", "client_id": "x", "client_secret": SECRET}


def problems_of(*providers: object) -> str:
    with pytest.raises(SettingsInvalid) as raised:
        given({"providers": list(providers)})
    return str(raised.value)


def test_providers_of_preset_knows_what_need_not_be_said() -> None:
    (provider,) = providers_of(given({"providers": [GOOGLE]}).settings)

    assert (provider.id, provider.name, provider.issuer) == ("google", "Google", "https://accounts.google.com")
    assert provider.trusted_domains == ("gmail.com", "googlemail.com")
    assert provider.client_secret == SECRET


def test_providers_of_says_what_the_words_of_a_provider_are_worth() -> None:
    worth = {"phrh": "https://refeds.org/profile/mfa"}

    (provider,) = providers_of(given({"providers": [{**GOOGLE, "acrs": worth}]}).settings)

    assert provider.acrs == worth


@pytest.mark.parametrize("acr", ["", "two words", "urn:doorward:acr:password", "\u00e9", "a" * 256])
def test_providers_context_that_no_provider_may_have_is_refused(acr: str) -> None:
    assert "an acr is" in problems_of({**GOOGLE, "acrs": {"phrh": acr}})


@pytest.mark.parametrize("preset", [name for name in PRESETS if name not in {"apple", "google"}])
def test_providers_of_preset_trusts_nobody_for_any_domain(preset: str) -> None:
    (provider,) = providers_of(given({"providers": [{**GOOGLE, "preset": preset}]}).settings)

    assert provider.trusted_domains == ()


def test_providers_of_issuer_of_ones_own_takes_the_place_of_the_presets() -> None:
    own = {**GOOGLE, "preset": "google", "issuer": "https://id.example.org"}

    (provider,) = providers_of(given({"providers": [own]}).settings)

    assert provider.configuration_url == "https://id.example.org/.well-known/openid-configuration"
    assert provider.trusted_domains == ()


def test_providers_of_one_organisation_is_asked_for_itself() -> None:
    issuer = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"

    (provider,) = providers_of(given({"providers": [{**GOOGLE, "preset": "microsoft", "issuer": issuer}]}).settings)

    assert (provider.issuer, provider.configuration_url) == (issuer, f"{issuer}/.well-known/openid-configuration")


def test_providers_of_preset_without_tokens_keeps_its_addresses_whatever_issuer_is_named() -> None:
    own = {**GOOGLE, "preset": "github", "issuer": "https://evil.example"}

    (provider,) = providers_of(given({"providers": [own]}).settings)

    assert (provider.issuer, provider.dialect) == ("https://github.com", Dialect.GITHUB)


def test_load_environment_names_providers_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    provider = {"preset": "gitlab", "client_id": "x", "client_secret_file": str(secret), "trusted_domains": "A.example"}
    monkeypatch.setenv("DOORWARD_PROVIDERS", json.dumps([provider]))

    loaded = load()

    (found,) = providers_of(loaded.settings)
    assert (found.client_secret, found.trusted_domains) == (SECRET, ("a.example",))
    assert ("providers", "gitlab", "environment DOORWARD_PROVIDERS") in shown(loaded)


def test_load_file_has_a_table_for_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    table = f'[[providers]]\npreset = "discord"\nclient_id = "x"\nclient_secret = "{SECRET}"\n'
    (tmp_path / "doorward.toml").write_text(table + table.replace('preset = "discord"', 'preset = "github"'))

    loaded = load()

    assert [provider.id for provider in providers_of(loaded.settings)] == ["discord", "github"]
    assert SECRET not in repr(loaded)
    assert SECRET not in repr(providers_of(loaded.settings))


def test_providers_of_apple_signs_with_its_key(tmp_path: Path) -> None:
    key = tmp_path / "key.p8"
    key.write_text("-----BEGIN PRIVATE KEY-----\nMIGH\nAgEA\n-----END PRIVATE KEY-----\n")
    apple = {"preset": "apple", "client_id": "x", "team_id": "T", "key_id": "K", "private_key_file": str(key)}

    (provider,) = providers_of(given({"providers": [apple]}).settings)

    assert provider.secret_use is SecretUse.SIGNED
    assert provider.signer is not None
    assert provider.signer.private_key == b"0\x81\x87\x02\x01\x00"


@pytest.mark.parametrize("content", ["no key", "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----", "TUlHSA=="])
def test_providers_of_apple_without_a_key_is_told(tmp_path: Path, content: str) -> None:
    key = tmp_path / "key.p8"
    key.write_text(content)
    apple = {"preset": "apple", "client_id": "x", "team_id": "T", "key_id": "K", "private_key_file": str(key)}

    with pytest.raises(SettingsInvalid, match="holds no private key"):
        providers_of(given({"providers": [apple]}).settings)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"preset": "gogle"}, "a preset is one of"),
        ({"preset": None}, "has an id"),
        ({"preset": None, "id": "mine"}, "neither a preset nor an issuer"),
        ({"id": "Mine"}, "has an id"),
        ({"id": "../x"}, "has an id"),
        ({"id": "a" * 33}, "has an id"),
        ({"issuer": "ftp://id.example"}, "begins with"),
        ({"issuer": "https://user@id.example"}, "nothing else"),
        ({"issuer": "https://id.example/?a=b"}, "nothing else"),
        ({"issuer": "https://id.example/#a"}, "nothing else"),
        ({"client_secret": None}, "client_secret or client_secret_file"),
        ({"client_secret_file": "/etc/hostname"}, "and not both"),
        ({"client_secret": None, "client_secret_file": "/nowhere"}, "cannot be read"),
        ({"client_secret": None, "client_secret_file": "/dev/null"}, "is empty"),
        ({"trusted_domains": ["*.example.org"]}, "a trusted domain is"),
        ({"trusted_domains": ["example"]}, "a trusted domain is"),
        ({"preset": "apple"}, "needs team_id, key_id and private_key_file"),
        ({"client_id": ""}, "at least 1 character"),
        ({"clientid": "x"}, "Extra inputs"),
    ],
    ids=str,
)
def test_given_provider_that_cannot_be_used_is_told(changes: dict[str, object], what: str) -> None:
    told = problems_of({name: value for name, value in {**GOOGLE, **changes}.items() if value is not None})

    assert what in told
    assert SECRET not in told


def test_given_two_providers_of_one_id_are_told() -> None:
    assert "same id" in problems_of(GOOGLE, GOOGLE)


def test_given_line_that_is_no_json_is_told() -> None:
    with pytest.raises(SettingsInvalid, match="a list in JSON"):
        given({"providers": "google"})


def test_check_production_files_of_secrets_and_plain_issuers_are_told(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o644)
    provider = {"id": "mine", "issuer": "http://id.example", "client_id": "x", "client_secret_file": str(secret)}

    told = [problem.what for problem in check_production(given({"environment": "production", "providers": [provider]}))]

    assert f"{secret} is readable for everyone." in told
    assert "The issuer of the provider mine is not https." in told


def test_check_production_file_of_settings_that_holds_a_secret_is_told(tmp_path: Path) -> None:
    file = tmp_path / "doorward.toml"
    file.write_text(
        f'environment = "production"\n[[providers]]\npreset = "google"\nclient_id = "x"\nclient_secret = "{SECRET}"\n'
    )
    file.chmod(0o644)

    told = [problem.what for problem in check_production(load(file=file, env_file=tmp_path / "none"))]

    assert f"{file} is readable for everyone." in told


def test_examine_providers_says_what_answers_and_what_does_not() -> None:
    away = {"id": "away", "issuer": "http://localhost:1", "client_id": "x", "client_secret": "y"}

    github, silent = examine_providers(given({"providers": [{**GOOGLE, "preset": "github"}, away]}).settings)

    assert (github[0], github[1].problem) == ("github", None)
    assert "was not asked" in github[1].is_what
    assert silent[1].problem is not None
    assert "connection" in silent[1].problem.why

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import pytest

from doorward.settings.load import load
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import SETTINGS, Source, SourceKind, all_settings, shown
from doorward.settings.sections.server import Environment
from doorward.settings.sections.telemetry import LogFormat

SECRET = "correct-horse-battery-staple-7-9-4-1"
Sets = Callable[..., None]


def refusal(**overrides: object) -> str:
    with pytest.raises(SettingsInvalid) as caught:
        load(overrides)
    return str(caught.value)


def test_load_nothing_set_is_a_development_server(folder: Path) -> None:
    settings = load().settings

    assert settings.server.environment is Environment.DEVELOPMENT
    assert settings.server.issuer == "http://localhost:8000"
    assert settings.store.store_url.get_secret_value() == f"sqlite:///{folder}/doorward-data/doorward.sqlite3"
    assert settings.store.cache_url.get_secret_value() == "memory://"
    assert settings.telemetry.log_format is LogFormat.CONSOLE
    assert not settings.server.has_secure_cookies


@pytest.mark.parametrize("path", ["", "/", "/shop", "/shop/a?b=c", "/a//b", "/%2F%2Fevil.example"])
def test_load_home_is_a_path_on_the_host_of_the_issuer(path: str) -> None:
    assert load({"home_path": path}).settings.server.home_path == path


@pytest.mark.requirement("C-12")
@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\..",
        "https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "shop",
        "/\t/evil.example",
        "/\n/evil.example",
        " /shop",
        "/shop ",
        "/sh\u00f6p",
        "/\u2215evil.example",
        "/shop\x00",
        "/shop\n",
    ],
)
def test_load_home_that_a_browser_could_take_for_another_host_is_refused(path: str) -> None:
    assert "a path on the issuer's host" in refusal(home_path=path)


def test_load_nothing_set_names_defaults_as_sources() -> None:
    assert set(load().sources.values()) == {Source(SourceKind.DEFAULT)}


def test_load_port_and_data_dir_decide_issuer_and_store(tmp_path: Path) -> None:
    settings = load({"port": 9001, "data_dir": tmp_path / "d"}).settings

    assert settings.server.issuer == "http://localhost:9001"
    assert settings.store.store_url.get_secret_value() == f"sqlite:///{tmp_path}/d/doorward.sqlite3"


def test_load_first_source_decides(folder: Path, environment: Sets) -> None:
    (folder / "doorward.toml").write_text('port = 1001\nhost = "file"\nbrand_name = "File"\nmail_from = "f@f.example"')
    (folder / ".env").write_text("DOORWARD_PORT=1002\nDOORWARD_HOST=envfile\nDOORWARD_BRAND_NAME=EnvFile\n")
    environment(DOORWARD_PORT="1003", DOORWARD_HOST="environment")

    loaded = load({"port": 1004, "host": None})

    settings, sources = loaded.settings, loaded.sources
    assert (settings.server.port, sources["port"]) == (1004, Source(SourceKind.COMMAND_LINE, "--port"))
    assert (settings.server.host, sources["host"]) == (
        "environment",
        Source(SourceKind.ENVIRONMENT, "DOORWARD_HOST"),
    )
    assert (settings.mail.brand_name, sources["brand_name"]) == ("EnvFile", Source(SourceKind.FILE, ".env"))
    assert (settings.mail.mail_from, sources["mail_from"]) == (
        "f@f.example",
        Source(SourceKind.FILE, "doorward.toml"),
    )
    assert sources["issuer"] == Source(SourceKind.DEFAULT)


@pytest.mark.parametrize("name", ["DOORWARD_STORE_URL", "DATABASE_URL"])
def test_load_store_url_answers_to_both_names(environment: Sets, name: str) -> None:
    environment(**{name: "postgresql://me:pw@db/doorward"})

    loaded = load()

    assert loaded.settings.store.store_url.get_secret_value() == "postgresql://me:pw@db/doorward"
    assert loaded.sources["store_url"] == Source(SourceKind.ENVIRONMENT, name)


@pytest.mark.parametrize("setting", [row for row in all_settings() if row.is_secret], ids=lambda row: row.name)
def test_load_every_secret_can_be_a_file(folder: Path, environment: Sets, setting: object) -> None:
    name = next(row.name for row in all_settings() if row == setting)
    value = {
        "store_url": "sqlite:///file.sqlite3",
        "cache_url": "memory://",
        "smtp_url": "smtp://localhost",
        "files_url": "s3://bucket/prefix",
    }.get(name, SECRET)
    path = folder / "mounted"
    path.write_text(value + "\n")
    environment(**{f"DOORWARD_{name.upper()}_FILE": str(path)})

    loaded = load()

    section = getattr(loaded.settings, SETTINGS[name].section)
    assert getattr(section, name).get_secret_value() == value
    assert loaded.sources[name] == Source(SourceKind.SECRET_FILE, str(path))


def test_load_secret_file_named_in_the_file_of_settings(folder: Path) -> None:
    (folder / "pepper").write_text(SECRET)
    (folder / "doorward.toml").write_text(f'pepper_file = "{folder}/pepper"')

    assert load().settings.secrets.peppers() == (SECRET.encode(),)


def test_load_secret_and_its_file_both_set_refuses(environment: Sets, folder: Path) -> None:
    (folder / "s").write_text(SECRET)
    environment(DOORWARD_SECRET=SECRET, DOORWARD_SECRET_FILE=str(folder / "s"))

    assert "both set" in refusal()


def test_load_secret_file_absent_refuses(environment: Sets) -> None:
    environment(DOORWARD_SECRET_FILE="/absent/secret")

    assert "/absent/secret cannot be read" in refusal()


def test_load_lists_are_separated_by_commas(environment: Sets) -> None:
    environment(
        DOORWARD_TRUSTED_PROXIES="10.0.0.0/8, 2001:db8::/32",
        DOORWARD_CORS_ORIGINS="https://app.example.org,http://localhost:5173",
    )

    server = load().settings.server

    assert server.trusted_proxies == (IPv4Network("10.0.0.0/8"), IPv6Network("2001:db8::/32"))
    assert server.cors_origins == ("https://app.example.org", "http://localhost:5173")


def test_load_list_in_the_file_is_a_list(folder: Path) -> None:
    (folder / "doorward.toml").write_text('trusted_proxies = ["10.0.0.0/8"]')

    assert load().settings.server.trusted_proxies == (IPv4Network("10.0.0.0/8"),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "65536"),
        ("port", "http"),
        ("environment", "staging"),
        ("issuer", "id.example.org"),
        ("issuer", "ftp://id.example.org"),
        ("issuer", "https://"),
        ("issuer", "https://me@id.example.org"),
        ("issuer", "https://id.example.org?x=1"),
        ("issuer", "https://id.example.org#x"),
        ("issuer", "https://[::1"),
        ("cors_origins", "*"),
        ("cors_origins", "https://app.example.org/"),
        ("cors_origins", "https://app.example.org/path"),
        ("cors_origins", "null"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("trusted_proxies", "proxy.example.org"),
        ("store_url", "mysql://db/doorward"),
        ("store_url", "sqlite://file.sqlite3"),
        ("store_url", "doorward.sqlite3"),
        ("store_pool_connections", "0"),
        ("cache_url", "memcached://cache"),
        ("cache_url", "redis://"),
        ("cache_url", "redis://cache:x"),
        ("cache_url", "redis://cache/accounts"),
        ("cache_bound_seconds", "-1"),
        ("cache_bound_seconds", "61"),
        ("cache_bound_seconds", "nan"),
        ("smtp_url", "mail.example.org"),
        ("smtp_url", "smtp://"),
        ("mail_from", "Example"),
        ("mail_from", "a@example.org\nBcc: b@example.org"),
        ("brand_name", ""),
        ("brand_name", "Two\nlines"),
        ("secret", "too short"),
        ("pepper", ""),
        ("registration_profile", "open"),
        ("password_minimum_characters", "7"),
        ("limits_scale", "0"),
        ("log_level", "loud"),
        ("metrics_port", "0"),
    ],
)
def test_load_value_that_cannot_be_used_is_named_with_its_source(name: str, value: str) -> None:
    told = refusal(**{name: value})

    assert told.startswith(f"{name} cannot be used (command line --{name.replace('_', '-')}): ")
    assert "Why: " in told
    assert "Do: " in told


@pytest.mark.parametrize(
    "url", ["mongodb://db/doorward", "mongodb+srv://db/doorward", "mongodb://me:p%40ss@a:1,b:2,[::1]:3/x?replicaSet=r"]
)
def test_load_mongodb_is_a_store_also_with_several_hosts(url: str) -> None:
    assert load({"store_url": url}).settings.store.store_url.get_secret_value() == url


@pytest.mark.parametrize("url", ["mongodb://", "mongodb://a,,b/x", "mongodb://me:hunter2@hunter2@db/x"])
def test_load_mongodb_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    told = refusal(store_url=url)

    assert "MongoDB" in told
    assert "hunter2" not in told


def test_load_everything_wrong_is_told_at_once(environment: Sets) -> None:
    environment(DOORWARD_PORT="x", DOORWARD_STORE_URL="x", DOORWARD_SECRET="x")

    told = refusal(limits_scale=0, brand="x")

    assert [line.partition(" ")[0] for line in told.splitlines() if not line.startswith("  ")] == [
        "There",
        "port",
        "store_url",
        "secret",
        "limits_scale",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("store_url", "mysql://me:hunter2hunter2@db"),
        ("smtp_url", "http://me:hunter2hunter2@mail"),
        ("secret", "hunter2hunter2"),
    ],
)
def test_load_refused_secret_is_not_repeated(name: str, value: str) -> None:
    assert "hunter2" not in refusal(**{name: value})


def test_load_setting_that_does_not_exist_suggests_the_nearest(folder: Path) -> None:
    (folder / "doorward.toml").write_text('isuer = "https://id.example.org"')

    assert "There is no setting isuer (doorward.toml)" in refusal()
    assert "Did you mean issuer?" in refusal()


def test_load_variable_that_looks_like_a_setting_is_reported(environment: Sets) -> None:
    environment(DOORWARD_ISUER="x", DOORWARD_TEST_VECTORS="x", DOORWARD_SERVICE_HOST="x", DOORWARD_CONFIG="")

    assert load().unknown == ("DOORWARD_ISUER",)


def test_load_port_variable_of_an_orchestrator_is_not_ours(environment: Sets) -> None:
    environment(DOORWARD_PORT="tcp://10.0.0.1:8000")

    assert load().settings.server.port == 8000


def test_load_empty_variable_counts_as_absent(environment: Sets) -> None:
    environment(DOORWARD_SMTP_URL="", DOORWARD_PORT="")

    assert load().sources["smtp_url"].kind is SourceKind.DEFAULT


def test_load_file_named_in_the_environment(folder: Path, environment: Sets) -> None:
    (folder / "other.toml").write_text("port = 9002")
    environment(DOORWARD_CONFIG=str(folder / "other.toml"))

    assert load().settings.server.port == 9002


def test_load_named_file_absent_refuses() -> None:
    with pytest.raises(SettingsInvalid, match="is not there"):
        load(file=Path("absent.toml"))


def test_load_file_that_is_not_toml_refuses(folder: Path) -> None:
    (folder / "doorward.toml").write_text("port: 9000")

    assert "it is not TOML" in refusal()


@pytest.mark.parametrize(
    ("issuer", "kept"),
    [("https://id.example.org/", "https://id.example.org"), ("https://example.org/auth", "https://example.org/auth")],
)
def test_load_issuer_loses_its_last_slash(issuer: str, kept: str) -> None:
    server = load({"issuer": issuer}).settings.server

    assert server.issuer == kept
    assert server.has_secure_cookies


def test_load_production_has_no_default_issuer_and_logs_json() -> None:
    settings = load({"environment": "production"}).settings

    assert settings.server.issuer == ""
    assert settings.telemetry.log_format is LogFormat.JSON


def test_shown_hides_secrets_and_names_sources(environment: Sets) -> None:
    environment(DOORWARD_SECRET=SECRET, DATABASE_URL="postgresql://me:hunter2@db/doorward")

    rows = {name: (value, source) for name, value, source in shown(load())}

    assert rows["secret"] == ("********", "environment DOORWARD_SECRET")
    assert rows["store_url"] == ("********", "environment DATABASE_URL")
    assert rows["port"] == ("8000", "default")
    assert rows["smtp_url"] == ("", "default")


def test_repr_of_settings_hides_secrets() -> None:
    loaded = load({"secret": SECRET, "store_url": "postgresql://me:hunter2@db/doorward"})

    assert SECRET not in repr(loaded)
    assert "hunter2" not in repr(loaded)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().settings.server.port = 1  # type: ignore[misc] # the very attempt is under test


def test_every_setting_says_what_it_is() -> None:
    assert all(row.description.endswith(".") for row in all_settings())
    assert len({row.name for row in all_settings()}) == len(all_settings())

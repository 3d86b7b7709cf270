from collections.abc import Callable
from pathlib import Path

import pytest

from doorward.settings.check import check_production
from doorward.settings.generate import generate_secret
from doorward.settings.load import load

GOOD: dict[str, object] = {
    "environment": "production",
    "issuer": "https://id.example.org",
    "secret": "rzZ1hQXo0bT9mN4yKj8wVfPc2LgUeSa7DdHi3xqWBkE5",
    "pepper": "7b1f0c92e4a8d3657b1f0c92e4a8d3659c2e1ab47f60d8357b1f0c92e4a8d365",
    "smtp_url": "smtps://me:pw@mail.example.org",
    "mail_from": "Example <no-reply@example.org>",
}


def problems(**changes: object) -> list[str]:
    return [problem.what for problem in check_production(load(GOOD | changes))]


def test_good_settings_have_no_problem() -> None:
    assert problems() == []


def test_development_is_not_checked() -> None:
    assert check_production(load()) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"issuer": None}, "There is no issuer."),
        ({"issuer": "http://id.example.org"}, "The issuer is not https."),
        ({"secret": None}, "There is no secret."),
        ({"pepper": None}, "There is no pepper."),
        ({"secret": "changeme" * 8}, "The setting secret looks like a placeholder."),
        ({"secret": "MySecret" * 8}, "The setting secret looks like a placeholder."),
        ({"secret": "a1b2c3d4" * 8}, "The setting secret repeats itself."),
        ({"secret": "02468ace13579bdf" * 3}, "The setting secret has less than 256 bits."),
        ({"secret": "90125678347109283465" * 3}, "The setting secret has less than 256 bits."),
        ({"secret": "rzZ1hQXo0bT9mN4yKj8wVfPc2LgUeSa7DdHi3xqW"}, "The setting secret has less than 256 bits."),
        ({"secret_previous": "x" * 64}, "The setting secret_previous repeats itself."),
        ({"secret": GOOD["pepper"]}, "Secret and pepper are the same."),
        ({"smtp_url": None}, "There is no mail server."),
        ({"mail_from": None}, "There is no sender."),
        ({"trusted_proxies": "0.0.0.0/0"}, "Every network is a trusted proxy."),
        ({"trusted_proxies": "10.0.0.0/8,::/0"}, "Every network is a trusted proxy."),
        ({"cors_origins": "http://app.example.org"}, "The origin http://app.example.org is not https."),
        ({"store_url": "sqlite:///:memory:"}, "The store is in memory."),
        ({"store_url": "sqlite://"}, "The store is in memory."),
        ({"store_url": "mongodb://db/x?tls=true"}, "The store asks for no password."),
        ({"store_url": "mongodb://me:pw@db/x"}, "The way to the store is not encrypted."),
        ({"store_url": "mongodb://me:pw@localhost,db/x"}, "The way to the store is not encrypted."),
        ({"store_url": "mongodb+srv://me:pw@db/x?tls=false"}, "The way to the store is not encrypted."),
        ({"store_url": "mongodb://me:pw@db?tls=true&tlsInsecure=true"}, "The store's certificate is not checked."),
    ],
)
def test_setting_that_is_not_safe_is_a_problem(changes: dict[str, object], what: str) -> None:
    assert what in problems(**changes)


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://me:pw@db/x?tls=true",
        "mongodb://me:pw@a,b/x?replicaSet=r&ssl=true",
        "mongodb+srv://me:pw@db/x",
        "mongodb://me:pw@localhost:27017,127.0.0.1,[::1]:27018/x",
        "mongodb://db/x?tls=true&authMechanism=MONGODB-X509",
    ],
)
def test_mongodb_with_a_password_and_a_closed_way_is_no_problem(url: str) -> None:
    assert problems(store_url=url) == []


def test_generated_secrets_are_good_enough() -> None:
    assert problems(secret=generate_secret(), pepper=generate_secret()) == []


@pytest.mark.parametrize(("mode", "is_problem"), [(0o600, False), (0o640, False), (0o644, True)])
def test_secret_file_that_everyone_can_read_is_a_problem(
    folder: Path, environment: Callable[..., None], mode: int, *, is_problem: bool
) -> None:
    path = folder / "secret"
    path.write_text(str(GOOD["secret"]))
    path.chmod(mode)
    environment(DOORWARD_SECRET_FILE=str(path))

    told = problems(secret=None)

    assert told == ([f"{path} is readable for everyone."] if is_problem else [])


@pytest.mark.parametrize("name", ["doorward.toml", ".env"])
def test_file_of_settings_that_holds_a_secret_and_everyone_can_read_is_a_problem(folder: Path, name: str) -> None:
    line = {"doorward.toml": f'secret = "{GOOD["secret"]}"', ".env": f"DOORWARD_SECRET={GOOD['secret']}"}[name]
    (folder / name).write_text(line)
    (folder / name).chmod(0o644)

    assert problems(secret=None) == [f"{name} is readable for everyone."]


def test_problem_never_holds_the_secret() -> None:
    told = "\n".join(map(str, check_production(load(GOOD | {"secret": "changeme" * 8}))))

    assert "changeme" not in told
    assert "openssl rand" in told

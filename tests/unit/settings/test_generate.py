from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorward.settings.generate import with_generated_secrets
from doorward.settings.load import load
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import Loaded, Source, SourceKind

SECRET = "given-by-the-operator-and-long-enough"


def started(data_dir: Path, **overrides: object) -> Loaded:
    return with_generated_secrets(load({"data_dir": data_dir, **overrides}))


def test_first_start_makes_secrets_for_the_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"

    loaded = started(data_dir)

    secrets = loaded.settings.secrets
    assert len(secrets.keys()[0]) == len(secrets.peppers()[0]) == 52
    assert secrets.keys() != secrets.peppers()
    assert loaded.sources["secret"] == Source(SourceKind.GENERATED, str(data_dir / "secrets.json"))
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert (data_dir / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in data_dir.iterdir()] == ["secrets.json"]


def test_second_start_uses_the_same_secrets(tmp_path: Path) -> None:
    assert started(tmp_path).settings.secrets == started(tmp_path).settings.secrets


def test_start_of_many_at_once_agrees(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        secrets = list(threads.map(lambda _: started(tmp_path / "d").settings.secrets.keys(), range(16)))

    assert len(set(secrets)) == 1


def test_given_secret_stays_and_the_missing_one_is_made(tmp_path: Path) -> None:
    loaded = started(tmp_path, secret=SECRET)

    assert loaded.settings.secrets.keys() == (SECRET.encode(),)
    assert loaded.sources["secret"].kind is SourceKind.COMMAND_LINE
    assert loaded.sources["pepper"].kind is SourceKind.GENERATED


def test_both_given_makes_no_file(tmp_path: Path) -> None:
    started(tmp_path, secret=SECRET, pepper=SECRET[::-1])

    assert not list(tmp_path.iterdir())


def test_production_makes_nothing(tmp_path: Path) -> None:
    loaded = started(tmp_path / "data", environment="production")

    assert loaded.settings.secrets.keys() == ()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"secret": 1}', '{"secret": "x"}'])
def test_broken_file_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)

    with pytest.raises(SettingsInvalid, match="cannot be made or read"):
        started(tmp_path)


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsInvalid, match="cannot be made or read"):
        started(tmp_path / "file" / "data")

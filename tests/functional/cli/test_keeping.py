"""What the doctor, readiness and a start say of what keeping files needs."""

import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from doorward.adapters.clamav import survey
from doorward.assembly.app import created
from doorward.settings.problems import SettingsInvalid
from tests.buckets import KEY_ID, BucketServer
from tests.functional.cli.conftest import Terminal
from tests.scanners import LARGEST

NOBODY = "127.0.0.1:9"
AWAY = f"s3://a:b@kept/?endpoint=http://{NOBODY}"


def found(run: Terminal) -> dict[str, tuple[str, str]]:
    """Return finding and remedy of each check about files."""
    rows = run("doctor", "--json").document
    return {row["check"]: (row["finding"], row["remedy"]) for row in rows if row["check"] in _NAMES}


_NAMES = {"files", "pictures", "scanner"}


def test_doctor_finds_that_bucket_and_scanner_do_what_they_should(
    run: Terminal, moto: BucketServer, bucket: str, clamd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_FILES_URL", moto.url(bucket, "files"))
    monkeypatch.setenv("DOORWARD_FILES_SCAN_URL", clamd)
    monkeypatch.setenv("DOORWARD_FILES_MAX_BYTES", str(LARGEST))

    assert found(run) == {
        "files": (f"s3://{bucket}/files can be written, read in part, listed and removed", ""),
        "pictures": ("Pillow makes them smaller", ""),
        "scanner": ("finds the test virus, and takes the largest file", ""),
    }


def test_doctor_says_that_it_did_not_try_the_largest_file(
    run: Terminal, clamd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "_MOST", LARGEST)
    monkeypatch.setenv("DOORWARD_FILES_SCAN_URL", clamd)
    monkeypatch.setenv("DOORWARD_FILES_MAX_BYTES", str(LARGEST + 1))

    assert "whether it takes the largest one was not tried" in found(run)["scanner"][0]


def test_doctor_wrong_secret_and_silent_scanner_says_how_to_mend_each(
    run: Terminal, rclone: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_FILES_SCAN_URL", f"clamav://{NOBODY}")
    monkeypatch.setenv("DOORWARD_FILES_URL", rclone.url("kept", user=f"{KEY_ID}:canary"))

    findings = found(run)

    assert "cannot be written: the secret is not the one of this key id" in findings["files"][0]
    assert "DOORWARD_FILES_URL" in findings["files"][1]
    assert "The scanner cannot be used" in findings["scanner"][0]
    assert "DOORWARD_FILES_SCAN_URL" in findings["scanner"][1]
    assert "canary" not in str(findings)


def test_doctor_scanner_that_takes_less_than_a_file_may_have(
    run: Terminal, clamd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_FILES_SCAN_URL", clamd)
    monkeypatch.setenv("DOORWARD_FILES_MAX_BYTES", str(LARGEST + 1))

    finding, remedy = found(run)["scanner"]

    assert "cannot be used" in finding
    assert remedy


def test_doctor_folder_that_can_be_written_is_left_as_it_was(run: Terminal) -> None:
    folder = run.folder / "data" / "files"
    folder.mkdir(parents=True)

    finding, remedy = found(run)["files"]

    assert (finding.endswith("can be written and read"), remedy) == (True, "")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_doctor_file_in_place_of_the_folder_says_how_to_mend(run: Terminal) -> None:
    (run.folder / "data").mkdir()
    (run.folder / "data" / "files").write_text("")

    assert "cannot be written" in found(run)["files"][0]


def test_doctor_without_pillow_says_what_brings_it(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)

    assert "doorward[images]" in found(run)["pictures"][0]


def test_start_without_the_driver_of_buckets_says_what_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.startswith("doorward.adapters.s3")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "obstore", None)

    with pytest.raises(SettingsInvalid, match="obstore") as invalid:
        created({"data_dir": str(tmp_path), "environment": "development", "files_url": "s3://kept"})

    assert "doorward[s3]" in invalid.value.problems[0].remedy


def test_start_with_a_bucket_that_cannot_be_read_says_why_and_hides_the_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="neither") as invalid:
        created({"data_dir": str(tmp_path), "environment": "development", "files_url": "s3://canary@kept"})

    assert "canary" not in str(invalid.value)


def test_start_without_bucket_and_scanner_serves_and_says_what_is_degraded(tmp_path: Path) -> None:
    made = created(
        {
            "data_dir": str(tmp_path),
            "environment": "development",
            "files_url": AWAY,
            "files_scan_url": f"clamav://{NOBODY}",
        }
    )

    with TestClient(made, base_url="http://localhost:8000") as client:
        ready = client.get("/readyz")

    assert ready.status_code == 200
    assert {name: ready.json()["checks"][name] for name in ("files", "scanner")} == {
        "files": "degraded",
        "scanner": "degraded",
    }

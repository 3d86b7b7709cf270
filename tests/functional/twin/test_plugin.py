"""The pytest plugin as adopters have it: from the wheel, in a run of pytest of its own."""

from pathlib import Path

import pytest

from tests import wheels
from tests.architecture.tree import PROJECT
from tests.docs.lesson import lesson

pytest_plugins = ["pytester"]

PAGE = PROJECT / "docs" / "how-to" / "test-your-own-app.md"
PROTECTED = PROJECT / "docs" / "how-to" / "protect-an-api.md"
MOUNTED = PROJECT / "docs" / "how-to" / "mount-in-your-app.md"


@pytest.fixture
def project(pytester: pytest.Pytester, run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(wheels.site(run_folder)))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # pytest compiles us anew, once
    return pytester


def test_plugin_runs_the_tests_that_the_page_shows_and_opens_nothing_real(project: pytest.Pytester) -> None:
    taught = lesson(PAGE.read_text(encoding="utf-8"))
    for name, text in taught.files.items():
        (project.path / name).write_text(text, encoding="utf-8")
    isolated = """
        def test_ada_is_nobody_here(doorward):
            assert doorward.web().sign_in("ada", "the door opens inwards").status_code == 401

        def test_settings_of_a_fixture(doorward, doorward_mailbox):
            ada = doorward.account("ada")
            doorward.anonymous().post("/v1/auth/forgot_password", json={"email": ada.email})
            assert doorward_mailbox.newest(to=ada.email).subject == "Set a new password for Fixtures"
    """
    conftest = """
        import pytest

        @pytest.fixture
        def doorward_settings():
            return {"brand_name": "Fixtures"}
    """
    apart = project.mkpydir("apart")
    project.makepyfile(**{"apart/conftest": conftest, "apart/test_apart": isolated})

    result = project.runpytest_subprocess("-q", "-W", "error", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=5 + 2)
    assert [step.commands for step in taught.steps] == ["pytest -q"]
    assert not list(project.path.glob("doorward-data"))
    assert apart.is_dir()


def test_api_is_protected_and_server_is_mounted_as_the_pages_show(project: pytest.Pytester) -> None:
    taught = [lesson(page.read_text(encoding="utf-8")) for page in (PROTECTED, MOUNTED)]
    for name, text in (file for each in taught for file in each.files.items()):
        (project.path / name).write_text(text, encoding="utf-8")

    result = project.runpytest_subprocess("-q", "-W", "error", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=2 + 2)
    assert [sorted(each.files) for each in taught] == [["notes.py", "test_notes.py"], ["bakery.py", "test_bakery.py"]]


def test_plugin_that_nobody_asks_for_imports_nothing(project: pytest.Pytester) -> None:
    text = """
        import sys

        def test_light():
            ours = {name for name in sys.modules if name.startswith("doorward")}
            assert ours == {"doorward", "doorward.testing", "doorward.testing.plugin"}
            assert not {"fastapi", "pydantic", "sqlalchemy", "uvicorn"} & set(sys.modules)
    """
    project.makepyfile(test_it=text)

    result = project.runpytest_subprocess("-q", "-W", "error", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)

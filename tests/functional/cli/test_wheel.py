"""The wheel, installed beside exactly the packages that it asks for: base alone, and with the extra `server`.

The packages are linked from the environment that runs the tests, so that nothing is fetched.
"""

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

import doorward
from tests import wheels
from tests.processes import PROJECT, ran, serving


@pytest.fixture(scope="module")
def wheel(run_folder: Path) -> Path:
    return wheels.wheel(run_folder)


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command of an environment that has what the wheel asks for without an extra."""
    return an_environment(tmp_path_factory.mktemp("bare"), wheel, set())


@pytest.fixture(scope="module")
def complete(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command of an environment that has what the wheel asks for with the extra `server`."""
    return an_environment(tmp_path_factory.mktemp("complete"), wheel, {"server"})


def needed(requirements: Iterator[Requirement], seen: dict[str, Distribution]) -> None:
    """Add to `seen` every distribution that fulfils the requirements, and theirs."""
    for requirement in requirements:
        extras = ("", *requirement.extras)
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        found = distribution(requirement.name)
        if found.metadata["Name"] in seen:
            continue
        seen[found.metadata["Name"]] = found
        needed(_asked(found, requirement.extras), seen)


def _asked(found: Distribution, extras: set[str]) -> Iterator[Requirement]:
    for text in found.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            requirement.marker = None
            yield requirement


def an_environment(folder: Path, wheel: Path, extras: set[str]) -> Path:
    """Return a new environment that has the wheel and what it asks for, and nothing else."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    (place,) = folder.glob("lib/python*/site-packages")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    (installed,) = Distribution.discover(name="doorward", path=[str(place)])
    packages: dict[str, Distribution] = {}
    needed(_asked(installed, extras), packages)
    for package in packages.values():
        for name in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            link = place / name
            if not link.exists():
                link.symlink_to(Path(str(package.locate_file(name))))
    return folder / "bin" / "doorward"


def test_wheel_holds_every_file_of_the_source_and_nothing_else(wheel: Path) -> None:
    source = (path for path in (PROJECT / "src").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("doorward/")}
        others = {name.partition("/")[0] for name in archive.namelist()} - {"doorward"}

    assert names == {path.relative_to(PROJECT / "src").as_posix() for path in source}
    assert others == {f"doorward-{doorward.__version__}.dist-info"}


def test_wheel_with_the_extra_serves_pages_and_api(complete: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "data", command=(str(complete),)) as server:
        ready, page, docs = server.get("/readyz"), server.get("/sign-in"), server.get("/docs")
        answer = server.post("/v1/auth/login_mobile", {"username": "nobody", "password": "correct horse battery"})
        status, _, err = server.end()

    assert (ready.status_code, page.status_code, docs.status_code, answer.status_code) == (200, 200, 200, 401)
    assert "http.failed" not in err
    assert status == 0


def test_wheel_without_the_extra_says_what_to_install(bare: Path, tmp_path: Path) -> None:
    status, out, err = ran("serve", cwd=tmp_path, command=(str(bare),))
    python = str(bare.with_name("python"))
    script = "import doorward; print(doorward.__version__)"
    imported = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True)

    assert (status, out) == (2, "")
    assert "pip install 'doorward[server]'" in err
    assert "Traceback" not in err
    assert imported.stdout == f"{doorward.__version__}\n"


def test_wheel_without_a_driver_names_its_extra(complete: Path, tmp_path: Path) -> None:
    extras = {"postgresql": "postgres", "mongodb": "mongodb"}

    told = {
        scheme: ran(
            "serve",
            cwd=tmp_path,
            command=(str(complete),),
            variables={"DOORWARD_STORE_URL": f"{scheme}://127.0.0.1/x", "DOORWARD_DATA_DIR": str(tmp_path / "data")},
        )
        for scheme in extras
    }

    for scheme, (status, _, err) in told.items():
        assert status == 1
        assert f"Run: pip install 'doorward[{extras[scheme]}]'" in err
        assert "Traceback" not in err

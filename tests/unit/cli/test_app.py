"""The table of commands."""

import subprocess
import sys
from pathlib import Path

import pytest

import doorward
from doorward.cli.app import COMMANDS, Deferred, Row, all_commands
from doorward.cli.missing import refuse_without

LATER_PARTS = (
    "confusable_homoglyphs",
    "email_validator",
    "fastapi",
    "httpcore2",
    "jinja2",
    "sqlalchemy.dialects.postgresql",
)
SERVER_PARTS = ("sqlalchemy", "fastapi", "uvicorn", "pydantic", "alembic", "nacl")


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_commands_table_says_what_the_command_itself_says(row: Row) -> None:
    command = Deferred(row).load()

    assert (command.help or "").startswith(row.summary.rstrip("."))


def test_all_commands_every_one_takes_json() -> None:
    without = [name for name, command in all_commands() if "--json" not in {o for p in command.params for o in p.opts}]

    assert without == []


def test_list_of_commands_imports_no_server() -> None:
    script = (
        "import sys\n"
        "from doorward.cli.app import app\n"
        "try:\n    app(['--help'])\n"
        "except SystemExit:\n    pass\n"
        f"print([part for part in {SERVER_PARTS} if part in sys.modules], file=sys.stderr)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert "serve" in done.stdout
    assert done.stderr == "[]\n"


@pytest.mark.slow
def test_command_on_a_store_in_a_file_imports_what_others_need_with_them(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from doorward.cli.app import app\n"
        f"try:\n    app(['jobs', 'list', '--json', '--data-dir', {str(tmp_path / 'data')!r}])\n"
        "except SystemExit:\n    pass\n"
        f"print([part for part in {LATER_PARTS} if part in sys.modules])\n"
    )

    for _ in ("makes the tables", "finds them"):
        done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=tmp_path)

    assert done.stdout.splitlines() == ["[]", "[]"]


def test_package_itself_imports_nothing_but_the_standard_library() -> None:
    script = (
        "import sys\nbefore = set(sys.modules)\nimport doorward\n"
        "print({name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))\n"
    )

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert done.stdout == "{'doorward'}\n"
    assert doorward.__all__ == ["Application", "__version__", "create_app", "mount"]


def test_refuse_without_foreign_module_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        refuse_without(ModuleNotFoundError(name="uvicorn"))

    assert "(uvicorn is not)" in capsys.readouterr().err


def test_refuse_without_module_of_our_own_raises() -> None:
    with pytest.raises(ModuleNotFoundError):
        refuse_without(ModuleNotFoundError(name="doorward.cli.nothing"))

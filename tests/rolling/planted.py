"""What the planted next release changes: it expands the tables, posts a job with a new payload, and has a `/v2`.

Each change replaces words that stand in one file once; where they do not, the test says which change no longer fits.
"""

from pathlib import Path
from typing import Final

from doorward.adapters.sql.migrations import HEAD
from tests.functional import v2

_MIGRATIONS: Final = "doorward/adapters/sql/migrations"
_POST: Final = "doorward/core/outbox/post.py"
_JOBS: Final = "doorward/worker/jobs.py"
_APP: Final = "doorward/api/app.py"
_V2: Final = "doorward/api/v2"
_IMPORTS: Final = """from doorward.api.v2 import mobile as v2_mobile
from doorward.api.v2 import web as v2_web
from doorward.api.v2.endings import ENDINGS
"""

NEXT: Final = f"{int(HEAD) + 1:04}"
_SERVES_THIS: Final = f'serves_since = "{HEAD}"'
_REVISION_FILE: Final = f"r{NEXT}_expand_for_the_next_release.py"
_REVISION: Final = f'''"""Expand: a column that may be empty, and a table that nobody of the release before knows."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{HEAD}"
{_SERVES_THIS}


def upgrade() -> None:
    """Add both."""
    op.add_column("dw_sessions", sa.Column("colour", sa.Text(), nullable=True))
    op.create_table("dw_colours", sa.Column("id", sa.Text(), primary_key=True))
    op.execute(f"UPDATE dw_meta SET value = '{{serves_since}}' WHERE key = 'serves_since'")
'''  # noqa: S608 (numbers of revisions, both ours)

_BOTH: Final = """    SEND_LETTER_V1: lambda flows: flows.send_letter,
    SEND_LETTER: lambda flows: lambda job_id, payload: flows.send_letter(
        job_id, {name: value for name, value in payload.items() if name != "locale"}
    ),
"""

CHANGES: Final = (
    ("doorward/__init__.py", '__version__ = "0.1.0"', '__version__ = "0.2.0"'),
    (f"{_MIGRATIONS}/__init__.py", f'HEAD: Final = "{HEAD}"', f'HEAD: Final = "{NEXT}"'),
    (
        _POST,
        'SEND_LETTER: Final = "send_letter.v1"',
        'SEND_LETTER: Final = "send_letter.v2"\nSEND_LETTER_V1: Final = "send_letter.v1"',
    ),
    (_POST, '"detail": letter.detail,', '"detail": letter.detail,\n            "locale": None,'),
    (_JOBS, "import SEND_LETTER\n", "import SEND_LETTER, SEND_LETTER_V1\n"),
    (_APP, "from doorward.api.v1 import feed\n", "from doorward.api.v1 import feed\n" + _IMPORTS),
    (_APP, "ROUTERS = (\n", "ROUTERS = (\n    v2_web.router,\n    v2_mobile.router,\n"),
    (_APP, "from doorward.api.versions import ENDINGS, ", "from doorward.api.versions import "),
    (
        _JOBS,
        "    SEND_LETTER: lambda flows: flows.send_letter,\n",
        _BOTH,
    ),
)


def plant(site: Path) -> None:
    """Turn an installed copy of this release into the one after it."""
    for name, old, new in CHANGES:
        _replace(site / name, old, new)
    (site / _V2).mkdir()
    for source in Path(v2.__path__[0]).glob("*.py"):
        text = source.read_text(encoding="utf-8").replace(v2.__name__, "doorward.api.v2")
        (site / _V2 / source.name).write_text(text, encoding="utf-8")
    (site / _MIGRATIONS / "versions" / _REVISION_FILE).write_text(_REVISION, encoding="utf-8")


def contract(site: Path) -> None:
    """Let the tables of the next release, where it is installed, serve that release alone."""
    _replace(site / _MIGRATIONS / "versions" / _REVISION_FILE, _SERVES_THIS, f'serves_since = "{NEXT}"')


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} does not hold exactly once what the next release changes: {old}"
    file.write_text(text.replace(old, new), encoding="utf-8")

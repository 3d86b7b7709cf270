"""Pages of the console: the frame around each, and the question before each action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Query
from starlette.responses import HTMLResponse

from doorward.api.pages.console.sections import SECTIONS
from doorward.api.pages.forms import Errors
from doorward.api.pages.render import page
from doorward.api.visit import Visit
from doorward.core.sessions.records import Snapshot

Wanted = Annotated[str, Query(max_length=512)]
"""What is looked for."""

After = Annotated[str | None, Query(max_length=1024, pattern=r"^[\x21-\x7e]+$")]
"""Where a list goes on."""

Target = Annotated[str, Query(max_length=1024, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""What an action is done to, besides what stands in its path. It stands in the address of question and answer."""


Step = tuple[str, str | None, str]
"""A way on from a page of a list: its words, its path if there is one, and what it is to this page."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an operator is asked before something happens: what it will do, in full, to what it is named in `subject`.

    `action` is where the answer goes and `back` where one goes who says no, both as paths of ours. `fields` go along
    with the answer, hidden. `is_grave`: it takes something away from somebody.
    """

    title: str
    subject: str
    consequences: tuple[str, ...]
    button: str
    action: str
    back: str
    fields: Mapping[str, str] = field(default_factory=dict)
    is_grave: bool = True


def show(
    visit: Visit, template: str, *, session: Snapshot, here: str | None, status: int = 200, **context: object
) -> HTMLResponse:
    """Return a page of the console. `here` is the name of its section, None for the first page."""
    name = f"console/{template}"
    return page(visit, name, session=session, status=status, sections=SECTIONS, here=here, **context)


def ask(
    visit: Visit,
    question: Question,
    *,
    session: Snapshot,
    here: str,
    status: int = 200,
    errors: Errors | None = None,
) -> HTMLResponse:
    """Return the page that says what will happen, and whose one button lets it."""
    return show(visit, "ask.html", session=session, here=here, status=status, question=question, errors=errors or {})

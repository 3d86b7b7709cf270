"""A guest book: a team's own application, with the whole of Doorward mounted inside it.

Every route says in which of two ways it is asked. Those below /web are asked by the page in a browser, which is known
by its cookies; those below /app by an app, which is known by its bearer token. What both do stands once, in GuestBook.
"""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, StringConstraints
from starlette.staticfiles import StaticFiles

import doorward
from doorward.mounted import AppUser, BrowserUser, FreshAppUser, FreshBrowserUser, Profile


class Entry(BaseModel):
    """Something that somebody wrote into the book."""

    author: str
    text: str


class Writing(BaseModel):
    """What is about to be written."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=280)]


@dataclass
class GuestBook:
    """Entries by the id of the account that wrote them. They are in memory, and gone when the process ends."""

    _entries: list[tuple[str, Entry]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def read(self) -> list[Entry]:
        """Return what was written, the newest first."""
        with self._lock:
            return [entry for _, entry in reversed(self._entries)]

    def write(self, author: Profile, writing: Writing) -> Entry:
        """Write something. Who it is from comes from the session, and never from what was sent."""
        entry = Entry(author=author.username, text=writing.text)
        with self._lock:
            self._entries.append((author.id, entry))
        return entry

    def tear_out(self, author: Profile) -> None:
        """Remove whatever one person wrote."""
        with self._lock:
            self._entries = [(owner, entry) for owner, entry in self._entries if owner != author.id]


app = FastAPI(title="Guest book")
doorward.mount(app, "/auth", brand_name="Guest book", home_path="/")
book = GuestBook()


@app.get("/web/entries")
def read_in_a_browser(_: BrowserUser) -> list[Entry]:
    """Show the book."""
    return book.read()


@app.post("/web/entries", status_code=201)
def write_in_a_browser(writing: Writing, user: BrowserUser) -> Entry:
    """Write into the book."""
    return book.write(user.profile, writing)


@app.delete("/web/entries", status_code=204)
def tear_out_in_a_browser(user: FreshBrowserUser) -> None:
    """Remove everything of one's own. It needs a sign-in of the last five minutes."""
    book.tear_out(user.profile)


@app.get("/app/entries")
def read_in_an_app(_: AppUser) -> list[Entry]:
    """Show the book."""
    return book.read()


@app.post("/app/entries", status_code=201)
def write_in_an_app(writing: Writing, user: AppUser) -> Entry:
    """Write into the book."""
    return book.write(user.profile, writing)


@app.delete("/app/entries", status_code=204)
def tear_out_in_an_app(user: FreshAppUser) -> None:
    """Remove everything of one's own. It needs a sign-in of the last five minutes."""
    book.tear_out(user.profile)


app.mount("/", StaticFiles(directory=Path(__file__).parent / "page", html=True))

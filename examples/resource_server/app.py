"""Notes: an API that keeps short texts for people. It knows them by their access tokens, and asks nobody who they are.

In the words of OAuth this is a resource server: it has no accounts, no passwords and no sessions. Whose a request is,
and what the application that sends it may do, stands in the token; that a session ended meanwhile, the feed tells.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, SecretStr, StringConstraints
from pydantic_settings import BaseSettings
from starlette.middleware.cors import CORSMiddleware

from doorward.resource import AccessToken, Issuer, Verifier
from doorward.resource.fastapi import Require, protect
from doorward.resource.feed import RevocationFeed, ServiceCredentials


class Settings(BaseSettings, env_prefix="NOTES_"):
    """Where things are; each from the environment, as NOTES_ISSUER and so on."""

    issuer: str = "http://localhost:8000"
    audience: str = "http://localhost:8001"
    page_origin: str = "http://localhost:5173"
    file: Path = Path("notes.sqlite3")
    client_id: str = "notes-api"
    client_secret: SecretStr


class Note(BaseModel):
    """A short text."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=280)]


settings = Settings()
issuer = Issuer(settings.issuer)
feed = RevocationFeed(
    issuer, ServiceCredentials(issuer, settings.client_id, settings.client_secret.get_secret_value()), on_trouble=print
)
verifier = Verifier(issuer, settings.audience, revocations=feed)

Reader = Annotated[AccessToken, Require(scope="notes:read")]
Writer = Annotated[AccessToken, Require(scope="notes:write")]
Eraser = Annotated[AccessToken, Require(scope="notes:write", fresh=timedelta(minutes=5))]


@asynccontextmanager
async def live(_: FastAPI) -> AsyncIterator[None]:
    """Make the table, and listen to the feed for as long as the application lives."""
    with opened() as notes:
        notes.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, text TEXT)")
    with feed, closing(verifier):
        yield


@contextmanager
def opened() -> Iterator[sqlite3.Connection]:
    """Open the file for one request; what was done is kept if nothing went wrong."""
    with closing(sqlite3.connect(settings.file)) as connection, connection:
        yield connection


app = FastAPI(title="Notes", lifespan=live)
protect(app, verifier, scopes=["notes:read", "notes:write"], name="Notes")
app.add_middleware(
    CORSMiddleware,
    allow_origins=[settings.page_origin],
    allow_methods=["GET", "POST", "DELETE"],
    allow_headers=["authorization", "content-type", "dpop"],
    expose_headers=["www-authenticate"],  # so that a page learns why it was refused
)


@app.get("/notes")
def read_notes(user: Reader) -> list[Note]:
    """Show the notes of whoever asks, and of nobody else."""
    with opened() as notes:
        found = notes.execute("SELECT text FROM notes WHERE subject = ? ORDER BY id", (user.subject,))
        return [Note(text=text) for (text,) in found]


@app.post("/notes", status_code=201)
def add_note(note: Note, user: Writer) -> Note:
    """Keep a note."""
    with opened() as notes:
        notes.execute("INSERT INTO notes (subject, text) VALUES (?, ?)", (user.subject, note.text))
    return note


@app.delete("/notes", status_code=204)
def remove_notes(user: Eraser) -> None:
    """Remove all notes of whoever asks, who must have signed in within the last five minutes."""
    with opened() as notes:
        notes.execute("DELETE FROM notes WHERE subject = ?", (user.subject,))


@app.get("/health")
def show_health() -> dict[str, bool]:
    """Tell whether ended sessions are heard of. It needs no token."""
    return {"hears": not feed.is_silent}

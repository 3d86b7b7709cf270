"""Notes on the command line: sign-in | notes | add TEXT | sign-out.

An app as a phone has it, after RFC 8252: people sign in in the browser that they know, the app never sees a password,
and the answer comes back to a port of this machine. It uses the standard library and httpx2, which came with Doorward.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import monotonic
from typing import Final, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2

# offline_access: the app stays signed in when its owner signs out of the browser. Without it both end together.
SCOPE: Final = "notes:read notes:write offline_access"
CALLBACK: Final = "/signed-in"
PATIENCE_SECONDS: Final = 300.0
KEPT: Final = Path.home() / ".config" / "doorward-notes.json"
_GONE: Final = "You are not signed in. Run: sign-in"
_PAGE: Final = "<!doctype html><meta charset=utf-8><title>Notes</title><h1>{}</h1><p>You may close this window."


@dataclass(frozen=True)
class Kept:
    """What outlives the command: where the session belongs, and the one token that continues it."""

    issuer: str
    client_id: str
    api: str
    refresh_token: str

    def followed_by(self, refresh_token: str) -> "Kept":
        """Return the same with the next token."""
        return replace(self, refresh_token=refresh_token)


@dataclass(frozen=True)
class Keeper:
    """Keeps it in a file that only its owner may read.

    A phone has something better, the Keychain or the Keystore, where no other app and no backup reads it: use that.
    The access token is kept nowhere. It is good for five minutes, and the refresh token gets a new one.
    """

    file: Path

    def read(self) -> Kept:
        """Return what is kept, or end the command."""
        if not self.file.exists():
            stop(_GONE)
        return Kept(**json.loads(self.file.read_text("utf-8")))

    def write(self, kept: Kept) -> None:
        """Write beside the file and swap: a crash leaves the old token or the new one, and never half of one."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            json.dump(asdict(kept), written)
            written.flush()
            os.fsync(written.fileno())
        fresh.replace(self.file)

    def forget(self) -> None:
        """Remove the file."""
        self.file.unlink(missing_ok=True)


@dataclass(frozen=True)
class Server:
    """The authorization server, as it describes itself."""

    issuer: str
    addresses: Mapping[str, str]

    @classmethod
    def found(cls, issuer: str) -> "Server":
        """Return the server, if it says of itself that it is the one that was asked for (RFC 8414 section 3.3)."""
        metadata = httpx2.get(f"{issuer}/.well-known/openid-configuration").raise_for_status().json()
        if metadata["issuer"] != issuer:
            stop(f"{issuer} says that it is {metadata['issuer']}.")
        return cls(issuer, metadata)

    def token(self, **fields: str) -> httpx2.Response:
        """Ask for tokens."""
        return httpx2.post(self.addresses["token_endpoint"], data=fields)


class Callback(HTTPServer):
    """Listens on a free port of this machine, and of no other, for the one answer that belongs to our question."""

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.state = state
        self.answer: dict[str, str] | None = None

    @property
    def address(self) -> str:
        """Where the browser is to come back to."""
        return f"http://127.0.0.1:{self.server_port}{CALLBACK}"

    def wait(self, seconds: float) -> dict[str, str]:
        """Return the answer, or end the command when nobody came back."""
        until = monotonic() + seconds
        while self.answer is None:
            self.timeout = until - monotonic()
            if self.timeout <= 0:
                stop("Nobody came back from the browser. Run sign-in again.")
            self.handle_request()
        return self.answer


class _Answers(BaseHTTPRequestHandler):
    server: Callback

    def do_GET(self) -> None:
        """Take an answer with our state. Any page may send a browser here, so whatever else comes changes nothing."""
        parts = urlsplit(self.path)
        told = dict(parse_qsl(parts.query))
        is_ours = parts.path == CALLBACK and secrets.compare_digest(
            told.get("state", "").encode(), self.server.state.encode()
        )
        if is_ours:
            self.server.answer = told
        self.send_response(200 if is_ours else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_PAGE.format("Back in the terminal" if is_ours else "This is not for us").encode())

    def log_message(self, *_: object) -> None:
        """Say nothing: the address holds the code."""


def sign_in(keeper: Keeper, chosen: argparse.Namespace) -> str:
    """Ask for leave in the browser, and exchange the code that comes back. Each step is one of RFC 8252."""
    server = Server.found(chosen.issuer)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    with Callback(state) as callback:
        question = {
            "response_type": "code",
            "client_id": chosen.client_id,
            "redirect_uri": callback.address,
            "scope": SCOPE,
            "resource": chosen.api,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        show(f"{server.addresses['authorization_endpoint']}?{urlencode(question)}", opens=not chosen.no_browser)
        told = callback.wait(PATIENCE_SECONDS)
    if told.get("iss") != server.issuer:  # RFC 9207: an answer of another server is none
        stop("The answer came from another server. Nothing was sent to it.")
    if "error" in told:
        stop(f"It was not allowed: {told['error']}.")
    answer = server.token(
        grant_type="authorization_code",
        code=told["code"],
        redirect_uri=callback.address,
        client_id=chosen.client_id,
        code_verifier=verifier,
    )
    tokens = answer.raise_for_status().json()
    keeper.write(Kept(server.issuer, chosen.client_id, chosen.api, tokens["refresh_token"]))
    return "Signed in."


def read_notes(keeper: Keeper, _: argparse.Namespace) -> str:
    """Show the notes, a line each."""
    notes = call(keeper, "GET", "/notes").json()
    return "\n".join(note["text"] for note in notes) or "There are no notes yet."


def add_note(keeper: Keeper, chosen: argparse.Namespace) -> str:
    """Keep a note."""
    call(keeper, "POST", "/notes", {"text": chosen.text})
    return "Noted."


def sign_out(keeper: Keeper, _: argparse.Namespace) -> str:
    """Revoke the refresh token, which ends the session and with it every access token; then forget it."""
    kept = keeper.read()
    server = Server.found(kept.issuer)
    fields = {"token": kept.refresh_token, "client_id": kept.client_id}
    httpx2.post(server.addresses["revocation_endpoint"], data=fields).raise_for_status()
    keeper.forget()
    return "Signed out."


def refreshed(keeper: Keeper) -> tuple[Kept, str]:
    """Return what is kept and an access token. The refresh token is used up by this, and the next one kept first."""
    kept = keeper.read()
    fields = {"grant_type": "refresh_token", "refresh_token": kept.refresh_token, "client_id": kept.client_id}
    answer = Server.found(kept.issuer).token(**fields)
    if answer.status_code == httpx2.codes.BAD_REQUEST and answer.json()["error"] == "invalid_grant":
        keeper.forget()
        stop("The session has ended. Run: sign-in")
    tokens = answer.raise_for_status().json()
    kept = kept.followed_by(tokens["refresh_token"])
    keeper.write(kept)
    return kept, tokens["access_token"]


def call(keeper: Keeper, method: str, path: str, body: Mapping[str, str] | None = None) -> httpx2.Response:
    """Ask the API for something, as whoever signed in."""
    kept, access_token = refreshed(keeper)
    headers = {"authorization": f"Bearer {access_token}"}
    answer = httpx2.request(method, f"{kept.api}{path}", json=body, headers=headers)
    if answer.is_error:
        stop(f"{kept.api} refuses: {answer.json().get('detail', answer.status_code)}")
    return answer


def show(address: str, *, opens: bool) -> None:
    """Say the address, and open the browser of the system where there is one."""
    print(f"Sign in here:\n\n  {address}\n", flush=True)
    if opens:
        with suppress(webbrowser.Error):
            webbrowser.open(address)


def stop(sentence: str) -> NoReturn:
    """End the command, and say why."""
    sys.exit(sentence)


COMMANDS: Final[Mapping[str, Callable[[Keeper, argparse.Namespace], str]]] = {
    "sign-in": sign_in,
    "notes": read_notes,
    "add": add_note,
    "sign-out": sign_out,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command."""
    parser = argparse.ArgumentParser(prog="notes", description="Notes on the command line.")
    parser.add_argument("--keep", type=Path, default=KEPT, help="the file of the session; default: %(default)s")
    commands = parser.add_subparsers(dest="command", required=True)
    signing_in = commands.add_parser("sign-in", help="sign in, in the browser")
    issuer = os.environ.get("NOTES_ISSUER", "http://127.0.0.1:8000")
    signing_in.add_argument("--issuer", default=issuer, help="who signs people in; default: %(default)s")
    signing_in.add_argument("--client-id", default="notes-app", help="what this app is called there")
    api = os.environ.get("NOTES_API", "http://127.0.0.1:8001")
    signing_in.add_argument("--api", default=api, help="who keeps the notes; default: %(default)s")
    signing_in.add_argument("--no-browser", action="store_true", help="only say the address")
    commands.add_parser("notes", help="show the notes")
    commands.add_parser("add", help="keep a note").add_argument("text")
    commands.add_parser("sign-out", help="sign out, here and at the server")
    chosen = parser.parse_args(arguments)
    try:
        print(COMMANDS[chosen.command](Keeper(chosen.keep), chosen))
    except (httpx2.HTTPError, LookupError, ValueError) as error:  # nobody there, or somebody else
        stop(f"That did not work. {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()

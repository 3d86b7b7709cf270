"""What is where: the addresses of the four agents, whom they know, and how they are started."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from examples.demo.agents import HERE, PROJECT, Agents, Trouble, answers

USERNAME: Final = "ada"
PASSWORD: Final = "the door opens inwards"  # noqa: S105 (of an account that lives as long as the demonstration)
APP: Final = "notes-app"
PAGE: Final = "notes-page"
API: Final = "notes-api"
_EXAMPLES: Final = PROJECT / "examples"
_REGISTERING: Final = Path(__file__).with_name("commands.py")


@dataclass(frozen=True)
class Place:
    """Four ports of this machine, one an agent.

    Browsers keep cookies by host, whatever the port. So the two servers that set any have two names of this machine.
    """

    ports: Sequence[int]

    @property
    def issuer(self) -> str:
        """The authorization server."""
        return f"http://{HERE}:{self.ports[0]}"

    @property
    def api(self) -> str:
        """The resource server."""
        return f"http://{HERE}:{self.ports[1]}"

    @property
    def mounted(self) -> str:
        """The application that has an authorization server of its own inside."""
        return f"http://localhost:{self.ports[2]}"

    @property
    def page(self) -> str:
        """The client that runs in a browser."""
        return f"http://{HERE}:{self.ports[3]}"


def start_servers(place: Place, agents: Agents) -> None:
    """Start those that need nothing of others: the authorization server, and the application that has its own."""
    serving = ("-m", "doorward", "serve", "--port", f"{place.ports[0]}", "--data-dir", "accounts")
    agents.start("authorization server", *serving, values={"DOORWARD_ISSUER": place.issuer})
    values = {"DOORWARD_PORT": f"{place.ports[2]}", "DOORWARD_DATA_DIR": "guest-book"}
    agents.start("mounted application", *_uvicorn("mounted_app", place.ports[2]), values=values)
    agents.wait_for("authorization server", lambda: answers(f"{place.issuer}/readyz"))
    agents.wait_for("mounted application", lambda: answers(f"{place.mounted}/auth/readyz"))


def start_api(place: Place, agents: Agents, *, secret: str) -> None:
    """Start the resource server, which listens to the feed with a secret of its own."""
    values = {
        "NOTES_ISSUER": place.issuer,
        "NOTES_AUDIENCE": place.api,
        "NOTES_PAGE_ORIGIN": place.page,
        "NOTES_CLIENT_ID": API,
        "NOTES_CLIENT_SECRET": secret,
    }
    agents.start("resource server", *_uvicorn("resource_server", place.ports[1]), values=values)
    agents.wait_for("resource server", lambda: _hears(place))


def register(place: Place, agents: Agents) -> str:
    """Add the account and the clients, by the commands that an operator would type; return the secret of the API.

    Raises: Trouble.
    """
    ran = subprocess.run(
        [sys.executable, str(_REGISTERING)],
        cwd=agents.folder,
        env=agents.environment({"DOORWARD_ISSUER": place.issuer}),
        input=json.dumps(commands(place)),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise Trouble("The clients could not be registered.", ran.stderr)
    secret: str = json.loads(json.loads(ran.stdout)[-1])["client_secret"]
    return secret


def commands(place: Place) -> list[list[str]]:
    """Return what an operator would type, the API's registration last."""
    account = ["users", "add", USERNAME, f"{USERNAME}@mail.example", "--password-stdin"]
    listening = ["--scope", "revocations.read", "--resource", f"{place.issuer}/v1/feed"]
    # The address of the app has no port: it takes whatever is free. The refresh token of the page is a cookie.
    app = ["--type", "native", "--id", APP, "--redirect-uri", f"http://{HERE}/signed-in", *_scopes("offline_access")]
    page = ["--type", "spa", "--id", PAGE, "--redirect-uri", f"{place.page}/signed-in", *_scopes("openid", "profile")]
    page += ["--refresh-cookie", "--post-logout-redirect-uri", f"{place.page}/"]
    add, for_api = ["clients", "add"], ["--resource", place.api, "--data-dir", "accounts"]
    return [
        [*account, "--data-dir", "accounts", "<", PASSWORD],
        [*account, "--data-dir", "guest-book", "<", PASSWORD],
        [*add, "Notes on the command line", *app, *for_api],
        [*add, "Notes", *page, *for_api],
        [*add, "Notes API", "--type", "service", "--id", API, *listening, "--data-dir", "accounts", "--json"],
    ]


def _scopes(*more: str) -> list[str]:
    return [word for scope in ("notes:read", "notes:write", *more) for word in ("--scope", scope)]


def _uvicorn(example: str, port: int) -> tuple[str, ...]:
    where = ("--app-dir", str(_EXAMPLES / example), "--host", HERE, "--port", f"{port}")
    return ("-m", "uvicorn", "app:app", *where, "--log-level", "warning")


def _hears(place: Place) -> bool:
    try:
        return bool(httpx2.get(f"{place.api}/health").json()["hears"])
    except httpx2.TransportError:
        return False

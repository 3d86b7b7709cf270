"""What `doorward serve` says when it is ready."""

from collections.abc import Iterator

import doorward
from doorward.assembly.house import House
from doorward.assembly.store import is_embedded
from doorward.cli.output import Value, Voice


def greet(house: House, voice: Voice, *, setup: str | None) -> None:
    """Say where everything is, and what to do first; `setup` is the token that makes the first operator."""
    server = house.settings.server
    link = f"{server.issuer}/setup?token={setup}" if setup else None
    if voice.is_json:
        addresses: dict[str, Value] = {name.lower(): address for name, address, _ in _addresses(house)}
        voice.record({"version": doorward.__version__, "issuer": server.issuer, **addresses, "setup": link})
        return
    voice.guide(f"Doorward {doorward.__version__} runs, for {server.environment.value}", _addresses(house))
    if link:
        voice.note(f"\n  Nobody operates it yet. Open this link first; it works once, within seven days:\n  {link}")
    voice.note("\n  Ctrl-C stops it.\n")


def _addresses(house: House) -> Iterator[tuple[str, str, str]]:
    """Yield what there is, where, and what it is for."""
    server, telemetry = house.settings.server, house.settings.telemetry
    yield "Pages", f"{server.issuer}/", "sign in, register, account"
    yield "API", f"{server.issuer}/docs", "every route, to try out"
    if house.open_mailbox:
        yield "Mailbox", f"{server.issuer}/dev/mail", "every mail that it sends is kept here"
    elif house.mailbox and house.mailbox.folder:
        yield "Mails", str(house.mailbox.folder.absolute()), "files; no page shows them where others reach the server"
    if telemetry.metrics_port:
        yield "Metrics", f"http://{telemetry.metrics_host}:{telemetry.metrics_port}/metrics", "for Prometheus"
    if house.mailbox or is_embedded(house.settings):
        yield "Data", str(server.data_dir.absolute()), "keep it: accounts, keys and mails are there"

"""Requests as they go over the wire, once the variables are known."""

from urllib.parse import quote

from benchmarks.peers.playing.play import Slot, Step, Text, Variables


def request_of(step: Step, variables: Variables, *, host: str) -> bytes:
    """Return a step's request."""
    head, body = _rendered(step.head(host), variables), step.body()
    if body is None:
        return f"{head}\r\n".encode()
    raw = _rendered(body, variables).encode()
    return f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw


def _rendered(text: Text, variables: Variables) -> str:
    return "".join(_put_in(part, variables) if isinstance(part, Slot) else part for part in text)


def _put_in(slot: Slot, variables: Variables) -> str:
    value = variables[slot.name]
    return quote(value, safe="") if slot.in_form else value

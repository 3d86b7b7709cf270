"""What a page of an application sends."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FromPage:
    """A request of a page that says which client it is of, nothing of which is believed yet.

    `origin` is where the browser says that the page comes from. `parameters` are those of the form, each sent once and
    none of them empty. `refresh_token` is the cookie of that client, `device_token` the one by which the browser is
    known, and `proof` that of the possession of a key.
    """

    client_id: str
    origin: str
    parameters: Mapping[str, str]
    refresh_token: str | None = None
    device_token: str | None = None
    proof: str | None = None

    def __repr__(self) -> str:
        return f"FromPage(client_id={self.client_id!r}, origin={self.origin!r})"

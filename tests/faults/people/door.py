"""What an honest client can do, by whichever way it reaches the server."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or a refresh gives."""

    access: str
    refresh: str
    device: str | None = None

    @property
    def session(self) -> str:
        """The session that the refresh token names."""
        return session_of(self.refresh)


def session_of(refresh_token: str) -> str:
    """Return the session that a refresh token names."""
    return refresh_token.split("_")[1]


def generation_of(refresh_token: str) -> int:
    """Return how many rotations led to a refresh token."""
    return int(refresh_token.split("_")[2])


class Door(Protocol):
    """A way to the server. Everything raises Refused, Away or Strange."""

    def register(self, name: str, email: str, password: str) -> None: ...
    def verify(self, token: str) -> None: ...
    def verify_code(self, email: str, code: str) -> None: ...
    def sign_in(self, login: str, password: str, device: str | None) -> Tokens: ...
    def refresh(self, token: str, device: str | None) -> Tokens: ...
    def me(self, access: str) -> str: ...
    def end_session(self, access: str) -> None: ...
    def end_all(self, access: str) -> None: ...
    def change_password(self, access: str, current: str, new: str) -> None: ...
    def forgot(self, email: str) -> None: ...
    def reset(self, token: str, new: str) -> str: ...

"""An honest client: keeps what it was given, and writes down what it asks and what it is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final

from doorward.core.kernel.secrets import encode, random_bytes
from tests.faults.checker.history import MUST_DENY, History, Refused
from tests.faults.people.door import Door, Tokens

CANARY: Final = "otter-canary"
"""What every password contains, so that one look for it finds any of them."""


def a_password() -> str:
    """Return a password that nobody has had."""
    return f"{CANARY}-{encode(random_bytes(10))}"


@dataclass
class Person:
    """Somebody with an account, or about to have one."""

    name: str
    door: Door
    history: History
    password: str = field(default_factory=a_password)
    tokens: Tokens = field(default_factory=lambda: Tokens("", ""))
    device: str | None = None

    @property
    def email(self) -> str:
        return f"{self.name}@mail.example"

    def register(self) -> None:
        with self._asking("register", email=self.email, password=self.password):
            self.door.register(self.name, self.email, self.password)

    def verify(self, token: str) -> None:
        with self._asking("verify", token=token):
            self.door.verify(token)

    def verify_code(self, code: str) -> None:
        with self._asking("verify", token=f"{self.email} {code}", code=code):
            self.door.verify_code(self.email, code)

    def sign_in(self) -> None:
        """Sign in, and keep the tokens of this session."""
        with self._asking("sign_in", password=self.password, device=self.device or "") as told:
            tokens = self.door.sign_in(self.name, self.password, self.device)
            told.update(
                session=tokens.session, access=tokens.access, refresh=tokens.refresh, device=tokens.device or ""
            )
        self.tokens = tokens
        self.device = tokens.device or self.device

    def guess(self, password: str, **facts: str) -> None:
        """Try a password from a device that nobody knows."""
        with self._asking("guess", password=password, **facts) as told:
            tokens = self.door.sign_in(self.name, password, None)
            told.update(session=tokens.session)

    def refresh(self) -> None:
        presented = self.tokens
        with self._asking("refresh", refresh=presented.refresh, session=presented.session) as told:
            tokens = self.door.refresh(presented.refresh, self.device)
            told.update(session=tokens.session, access=tokens.access, refresh=tokens.refresh)
        self.tokens = tokens

    def look(self) -> None:
        """Ask who one is."""
        with self._asking("me", access=self.tokens.access, session=self.tokens.session) as told:
            told["username"] = self.door.me(self.tokens.access)

    def end_session(self) -> None:
        with self._asking("end_session", session=self.tokens.session):
            self.door.end_session(self.tokens.access)

    def end_all(self) -> None:
        with self._asking("end_all", session=self.tokens.session):
            self.door.end_all(self.tokens.access)

    def change_password(self, new: str) -> None:
        asked = {"current": self.password, "password": new, "session": self.tokens.session}
        with self._asking("change_password", **asked):
            self.door.change_password(self.tokens.access, self.password, new)
        self.password = new

    def forget_password(self) -> None:
        with self._asking("forgot", email=self.email):
            self.door.forgot(self.email)

    def reset_password(self, token: str, new: str) -> None:
        with self._asking("reset", token=token, password=new) as told:
            told["device"] = self.device = self.door.reset(token, new)
        self.password = new

    def try_dead(self, tokens: Tokens) -> None:
        """Present tokens of a session that has ended; both have to be refused."""
        self.is_refused("dead_access", lambda: self.door.me(tokens.access), session=tokens.session)
        self.is_refused("dead_refresh", lambda: self.door.refresh(tokens.refresh, self.device), session=tokens.session)

    def is_refused(self, what: str, call: Callable[[], object], **asked: str) -> bool:
        """Tell whether a call that has to be refused was; the history keeps it either way."""
        try:
            with self._asking(what, **{MUST_DENY: "yes"}, **asked):
                call()
        except Refused:
            return True
        return False

    def _asking(self, what: str, **asked: str) -> AbstractContextManager[dict[str, str]]:
        return self.history.operation(what, self.name, **asked)

"""The way through the flows, in one process with the store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from doorward.core.flows import Flows
from doorward.core.kernel.errors import Refusal, Unavailable
from doorward.core.login.log_in import Attempt
from doorward.core.sessions.records import Caller, EndReason, Kind, Remembered, Snapshot
from tests.faults.checker.history import Away, Refused
from tests.faults.people.door import Door, Tokens

CALLER = Caller(address="192.0.2.7", program="Mapper")


@dataclass(frozen=True)
class FlowsDoor(Door):
    """Calls flows. `about_to_answer` is called when a flow has returned, before anybody hears of it."""

    flows: Flows
    about_to_answer: Callable[[], None] = lambda: None

    def register(self, name: str, email: str, password: str) -> None:
        with self._answering():
            self.flows.register(name, email, password=password, caller=CALLER)

    def verify(self, token: str) -> None:
        with self._answering():
            self.flows.verify_email.by_link(token)

    def verify_code(self, email: str, code: str) -> None:
        with self._answering():
            self.flows.verify_email.by_code(email, code)

    def sign_in(self, login: str, password: str, device: str | None) -> Tokens:
        caller = Caller(CALLER.address, CALLER.program, device)
        with self._answering():
            remembered = self.flows.log_in(Attempt(login, password, Kind.MOBILE, caller, "Mapper on Android"))
        return _tokens(remembered)

    def refresh(self, token: str, device: str | None) -> Tokens:
        caller = Caller(CALLER.address, CALLER.program, device)
        with self._answering():
            remembered = self.flows.refresh(token, Kind.MOBILE, caller=caller)
        return _tokens(remembered)

    def me(self, access: str) -> str:
        with self._answering():
            return self._snapshot(access).profile.username

    def end_session(self, access: str) -> None:
        with self._answering():
            snapshot = self._snapshot(access)
            self.flows.end_session(snapshot.profile.id, snapshot.session_id, reason=EndReason.SIGNED_OUT)

    def end_all(self, access: str) -> None:
        with self._answering():
            account_id = self._snapshot(access).profile.id
            self.flows.end_all_sessions(account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE)

    def change_password(self, access: str, current: str, new: str) -> None:
        with self._answering():
            self.flows.change_password(self._snapshot(access), current, new_password=new)

    def forgot(self, email: str) -> None:
        with self._answering():
            self.flows.forgot_password(email)

    def reset(self, token: str, new: str) -> str:
        with self._answering():
            return self.flows.reset_password.by_link(token, new, device_name="Mapper on Android")

    def _snapshot(self, access: str) -> Snapshot:
        return self.flows.recognise(access, Kind.MOBILE)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except Unavailable as unavailable:
            raise Away from unavailable
        except Refusal as refusal:
            raise Refused(refusal.code) from refusal
        self.about_to_answer()


def _tokens(remembered: Remembered) -> Tokens:
    return Tokens(remembered.access_token, remembered.refresh_token, remembered.device_token)

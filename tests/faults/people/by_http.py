"""The way through HTTP, as an app goes."""

from dataclasses import dataclass, field
from typing import Final

import httpx2

from tests.faults.checker.history import Away, Refused, Strange
from tests.faults.people.door import Door, Tokens

PATIENCE: Final = 20.0
_EXPECTED: Final = frozenset({400, 401, 403, 404, 409, 422, 429})


@dataclass
class HttpDoor(Door):
    """Sends requests. What is neither 2xx, nor a refusal, nor 503 with a time to wait, is strange."""

    url: str
    patience: float = PATIENCE
    _client: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self._client = httpx2.Client(base_url=self.url, timeout=self.patience, headers={"user-agent": "Mapper/1"})

    def close(self) -> None:
        self._client.close()

    def register(self, name: str, email: str, password: str) -> None:
        body = {"username": name, "email": email, "password": password}
        self._send("POST", "/v1/auth/register_mobile", body)

    def verify(self, token: str) -> None:
        self._send("POST", "/v1/auth/verify_email", {"token": token})

    def verify_code(self, email: str, code: str) -> None:
        self._send("POST", "/v1/auth/verify_email", {"email": email, "code": code})

    def sign_in(self, login: str, password: str, device: str | None) -> Tokens:
        body = {"username": login, "password": password}
        return _tokens(self._send("POST", "/v1/auth/login_mobile", body, device=device))

    def refresh(self, token: str, device: str | None) -> Tokens:
        return _tokens(self._send("POST", "/v1/auth/refresh_mobile", {"refresh_token": token}, device=device))

    def me(self, access: str) -> str:
        return f"{self._send('GET', '/v1/mobile/me', access=access).json()['username']}"

    def end_session(self, access: str) -> None:
        self._send("POST", "/v1/auth/logout_mobile", access=access)

    def end_all(self, access: str) -> None:
        self._send("DELETE", "/v1/mobile/sessions", access=access)

    def change_password(self, access: str, current: str, new: str) -> None:
        body = {"current_password": current, "new_password": new}
        self._send("PUT", "/v1/mobile/password", body, access=access)

    def forgot(self, email: str) -> None:
        self._send("POST", "/v1/auth/forgot_password", {"email": email})

    def reset(self, token: str, new: str) -> str:
        answer = self._send("POST", "/v1/auth/reset_password", {"token": token, "new_password": new})
        return answer.headers["x-device-token"]

    def _send(
        self, method: str, path: str, body: object = None, *, access: str | None = None, device: str | None = None
    ) -> httpx2.Response:
        headers = {"x-device-token": device} if device else {}
        if access:
            headers["authorization"] = f"Bearer {access}"
        try:
            answer = self._client.request(method, path, json=body, headers=headers)
        except httpx2.TransportError as error:
            raise Away(type(error).__name__) from error
        if answer.is_success:
            return answer
        if answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE and int(answer.headers.get("retry-after", "0")) > 0:
            raise Away("503")
        if answer.status_code in _EXPECTED:
            raise Refused(answer.json()["code"])
        raise Strange(f"{method} {path}: {answer.status_code}")


def _tokens(answer: httpx2.Response) -> Tokens:
    body = answer.json()
    return Tokens(body["access_token"], body["refresh_token"], answer.headers.get("x-device-token"))

"""What an adopter's tests are about, played step by step: each scenario returns what was answered, in order."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Final

import httpx2

from tests.functional.twin.grounds import PASSWORD, Ground

Step = tuple[int, str]
"""A status, and the code of a refusal, with its reason where it has one."""

SAME_ORIGIN: Final = {"sec-fetch-site": "same-origin"}
WRONG: Final = "the door opens outwards"


def told(answer: httpx2.Response) -> Step:
    """Return what an answer says to programs."""
    if answer.is_success:
        return answer.status_code, ""
    problem = answer.json()
    return answer.status_code, " ".join(filter(None, (problem["code"], problem.get("reason"))))


def an_account(ground: Ground, name: str) -> str:
    """Register, take the link from the mail, and return the name."""
    client, email = ground.client(), f"{name}@mail.example"
    registration = {"username": name, "email": email, "password": PASSWORD}
    assert client.post("/v1/auth/register_mobile", json=registration).status_code == 201
    _, token = ground.newest_mail(email)
    assert client.post("/v1/auth/verify_email", json={"token": token}).status_code == 200
    return name


def sign_in(
    client: httpx2.Client, name: str, password: str = PASSWORD, *, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    return client.post("/v1/auth/login_mobile", json={"username": name, "password": password}, headers=headers)


def refresh(client: httpx2.Client, token: str) -> httpx2.Response:
    return client.post("/v1/auth/refresh_mobile", json={"refresh_token": token})


def me(client: httpx2.Client, token: str) -> httpx2.Response:
    return client.get("/v1/mobile/me", headers={"authorization": f"Bearer {token}"})


def five_failures_suspend_until_the_owner_unlocks(ground: Ground) -> list[Step]:
    name, client = an_account(ground, "ada"), ground.client()
    steps = [told(sign_in(client, name, WRONG)) for _ in range(5)]
    steps.append(told(sign_in(client, name)))
    _, token = ground.newest_mail(f"{name}@mail.example")
    unlocked = client.post("/v1/auth/unlock", json={"token": token})
    device = {"x-device-token": unlocked.headers["x-device-token"]}
    return [*steps, told(unlocked), told(sign_in(client, name)), told(sign_in(client, name, headers=device))]


def five_failures_suspend_for_twelve_hours(ground: Ground) -> list[Step]:
    name, client = an_account(ground, "bea"), ground.client()
    for _ in range(5):
        sign_in(client, name, WRONG)
    steps = [told(sign_in(client, name))]
    ground.move(timedelta(hours=12, seconds=1))
    return [*steps, told(sign_in(client, name))]


def a_token_of_two_rotations_ago_ends_the_family(ground: Ground) -> list[Step]:
    client = ground.client()
    first = sign_in(client, an_account(ground, "eve")).json()
    second = refresh(client, first["refresh_token"]).json()
    third = refresh(client, second["refresh_token"]).json()
    steps = [told(refresh(client, first["refresh_token"]))]
    return [*steps, told(refresh(client, third["refresh_token"])), told(me(client, third["access_token"]))]


def an_access_token_lives_for_five_minutes_and_half_a_minute_of_leeway(ground: Ground) -> list[Step]:
    client = ground.client()
    tokens = sign_in(client, an_account(ground, "fay")).json()
    steps = [told(me(client, tokens["access_token"]))]
    ground.move(timedelta(minutes=5, seconds=31))
    steps.append(told(me(client, tokens["access_token"])))
    renewed = refresh(client, tokens["refresh_token"])
    token = renewed.json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    moved = client.patch("/v1/mobile/me", json={"email": "new@mail.example"}, headers=headers)
    return [*steps, told(renewed), told(me(client, token)), told(moved)]


def a_session_rests_for_fourteen_days(ground: Ground) -> list[Step]:
    client = ground.client()
    tokens = sign_in(client, an_account(ground, "hal")).json()
    ground.move(timedelta(days=14, seconds=1))
    return [told(refresh(client, tokens["refresh_token"]))]


def a_forged_request_changes_nothing(ground: Ground) -> list[Step]:
    client, body = ground.client(), {"username": an_account(ground, "ida"), "password": PASSWORD}
    token = client.get("/v1/auth/csrf").json()["csrf_token"]
    good = SAME_ORIGIN | {"x-csrf-token": token}
    tried = (SAME_ORIGIN, {"x-csrf-token": token}, good | {"sec-fetch-site": "cross-site"}, good)
    steps = [told(client.post("/v1/auth/login_web", json=body, headers=headers)) for headers in tried]
    stale = client.patch("/v1/web/me", json={"username": "idaline"}, headers=good)
    return [*steps, told(stale), told(client.get("/v1/web/me"))]


def nobody_sees_what_needs_a_session(ground: Ground) -> list[Step]:
    client = ground.client()
    asked = ("/v1/web/me", "/v1/mobile/me", "/v1/mobile/sessions", "/v1/nothing")
    return [told(client.get(path)) for path in asked]


def one_network_asks_for_so_many_mails(ground: Ground) -> list[Step]:
    client = ground.client()
    answers = [client.post("/v1/auth/forgot_password", json={"email": "nobody@mail.example"}) for _ in range(61)]
    steps = [told(answer) for answer in answers]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "q=60;w=60" in answers[-1].headers["ratelimit-policy"]
    return [step for before, step in pairwise([(0, ""), *steps]) if step != before]


GONE: Final = (401, "INVALID_CREDENTIALS")
DEAD: Final = (401, "TOKEN_INVALID")
OUT: Final = (401, "NOT_AUTHENTICATED")
FINE: Final = (200, "")
FORGED: Final = tuple((403, f"CSRF_FAILED {reason}") for reason in ("token_missing", "origin_missing", "cross_site"))

SCENARIOS: Final[tuple[tuple[Callable[[Ground], list[Step]], list[Step]], ...]] = (
    (five_failures_suspend_until_the_owner_unlocks, [*[GONE] * 6, FINE, GONE, FINE]),
    (five_failures_suspend_for_twelve_hours, [GONE, FINE]),
    (a_token_of_two_rotations_ago_ends_the_family, [DEAD, DEAD, OUT]),
    (
        an_access_token_lives_for_five_minutes_and_half_a_minute_of_leeway,
        [FINE, DEAD, FINE, FINE, (401, "REAUTHENTICATION_REQUIRED")],
    ),
    (a_session_rests_for_fourteen_days, [DEAD]),
    (
        a_forged_request_changes_nothing,
        [*FORGED, FINE, (403, "CSRF_FAILED token_invalid"), FINE],
    ),
    (nobody_sees_what_needs_a_session, [OUT, OUT, OUT, (404, "NOT_FOUND")]),
    (one_network_asks_for_so_many_mails, [(202, ""), (429, "TOO_MANY_REQUESTS")]),
)
"""Each scenario, and what is answered on whatever ground it is played."""

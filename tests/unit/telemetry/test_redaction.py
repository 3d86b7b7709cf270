import pytest
from pydantic import SecretStr

from doorward.core.kernel.secrets import Envelopes, encode
from doorward.telemetry.redaction import REDACTED, redacted

CANARY = "canary-7f3a9b"
SHAPES = [
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhMSJ9.c2lnbmF0dXJlcw",
    Envelopes(b"k" * 32).close("dwr1", "0" * 26, "3", encode(b"s" * 32)),
    Envelopes(b"k" * 32).close("dwo1", "verify-email", encode(b"s" * 32)),
]


def cleaned(**event: object) -> dict[str, object]:
    return redacted(event)


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "new_password",
        "currentPassword",
        "token",
        "refresh_token",
        "accessToken",
        "access-token",
        "secret",
        "client_secret",
        "Cookie",
        "set-cookie",
        "Authorization",
        "code",
        "code_verifier",
        "csrf_token",
        "X-CSRF-Token",
        "pepper",
        "private_key",
        "recovery_code",
    ],
)
def test_redact_key_that_names_a_secret_hides_its_value(key: str) -> None:
    assert cleaned(**{key: CANARY})[key] == REDACTED
    assert CANARY not in repr(cleaned(body={"inner": [{key: CANARY}]}))
    assert cleaned(**{key: 12345678})[key] == REDACTED


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("around", ["{}", "token is {} there", "https://id.example.org/verify?token={}", "Bearer {}"])
def test_redact_value_in_the_shape_of_a_secret_is_hidden(shape: str, around: str) -> None:
    assert shape not in str(cleaned(message=around.format(shape))["message"])


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("postgresql://me:hunter2@db/doorward", f"postgresql://{REDACTED}@db/doorward"),
        ("authorization: Basic bWU6aHVudGVyMg==", f"authorization: Basic {REDACTED}"),
        ("/callback?code=abc&state=xyz", f"/callback?code={REDACTED}&state={REDACTED}"),
        ("GET /v1/web/me 200", "GET /v1/web/me 200"),
        ("https://id.example.org/sign-in", "https://id.example.org/sign-in"),
        ("a session of 01jz0000000000000000000000", "a session of 01jz0000000000000000000000"),
    ],
)
def test_redact_text_loses_the_secret_alone(text: str, after: str) -> None:
    assert cleaned(message=text)["message"] == after


@pytest.mark.parametrize(
    "event",
    [
        {"event": "http.answered", "status": 200, "took_ms": 1.5, "route": "/v1/auth/login_web"},
        {"refusal_code": "CSRF_FAILED", "status_code": 403, "is_known": True},
        {"request_id": "01jz", "kind": "web", "count": 3},
    ],
)
def test_redact_harmless_event_stays(event: dict[str, object]) -> None:
    assert cleaned(**event) == event


def test_redact_leaves_out_what_is_empty() -> None:
    assert cleaned(event="http.refused", reason=None, token=None) == {"event": "http.refused"}


def test_redact_secret_types_bytes_and_depth_are_hidden() -> None:
    deep: object = CANARY
    for _ in range(20):
        deep = [deep]

    shown = repr(cleaned(held=SecretStr(CANARY), raw=CANARY.encode(), deep=deep))

    assert CANARY not in shown


def test_redact_looks_into_sets_tuples_and_objects() -> None:
    class Thing:
        def __str__(self) -> str:
            return SHAPES[0]

    shown = repr(cleaned(a={SHAPES[0]}, b=(SHAPES[1],), c=Thing()))

    assert not any(shape in shown for shape in SHAPES)

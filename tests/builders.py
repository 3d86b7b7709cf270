"""Builders: records with sensible values, of which a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from doorward.core.accounts import names
from doorward.core.accounts.records import Account, Claim, Status
from doorward.core.files.records import UPLOAD_LIVES_FOR, File, FileId, Key, Purpose, Upload
from doorward.core.kernel.ids import AccountId, ClaimId, ClientId, DeviceId, JobId, KeyId, SessionId
from doorward.core.keys.records import AccessToken, Algorithm, SigningKey
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, Consent, Grant
from doorward.core.outbox.records import Job
from doorward.core.sessions.records import BY_PASSWORD, LIFETIMES, Kind, Session

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNT: Final = AccountId("a" * 26)
SESSION: Final = SessionId("s" * 26)
DEVICE: Final = DeviceId("d" * 26)
KEY: Final = KeyId("k" * 26)
CLIENT: Final = ClientId("reports")
CALLBACK: Final = "https://app.example/signed-in"
ISSUER: Final = "https://auth.example"


def an_account(name: str = "margaret", *, email: str | None = None, now: datetime = NOW) -> Account:
    """Return an active account."""
    username, address = names.username(name), names.email(email or f"{name}@mail.example")
    return Account(
        id=ACCOUNT,
        username=username.shown,
        username_key=username.key,
        username_skeleton=username.skeleton,
        email=address.shown,
        email_key=address.key,
        status=Status.ACTIVE,
        created_at=now,
        verified_at=now,
    )


def a_claim(name: str = "margaret", *, email: str | None = None, now: datetime = NOW) -> Claim:
    """Return a claim that nobody has proven."""
    username, address = names.username(name), names.email(email or f"{name}@mail.example")
    return Claim(
        id=ClaimId("c" * 26),
        username=username.shown,
        username_key=username.key,
        username_skeleton=username.skeleton,
        email=address.shown,
        email_key=address.key,
        password_hash="",
        created_at=now,
    )


def a_client(*, now: datetime = NOW) -> Client:
    """Return a public client that runs in browsers."""
    return Client(
        id=CLIENT,
        name="Reports",
        type=ClientType.SPA,
        authentication=ClientAuthentication.NONE,
        created_at=now,
        redirect_uris=(CALLBACK,),
    )


def a_grant(*, now: datetime = NOW) -> Grant:
    """Return what a client was granted with an authorization code."""
    return Grant(
        session_id=SESSION,
        client_id=CLIENT,
        account_id=ACCOUNT,
        created_at=now,
        expires_at=now + LIFETIMES[Kind.CLIENT].absolute,
        resources=("https://api.example",),
        code_digest=b"\xff code",
        redirect_uri=CALLBACK,
        challenge="challenge",
    )


def a_consent(*, now: datetime = NOW) -> Consent:
    """Return what somebody allowed a client."""
    return Consent(ACCOUNT, CLIENT, "openid profile", now)


def a_session(digest: bytes = b"live", *, kind: Kind = Kind.WEB, now: datetime = NOW) -> Session:
    """Return a session that was started at `now` on a known device."""
    return Session(
        id=SESSION,
        account_id=ACCOUNT,
        kind=kind,
        device_name="Firefox on Linux",
        place="somewhere",
        scope="account",
        created_at=now,
        authenticated_at=now,
        last_seen_at=now,
        idle_expires_at=now + LIFETIMES[kind].idle,
        expires_at=now + LIFETIMES[kind].absolute,
        digest=digest,
        device_id=DEVICE,
        authentication=BY_PASSWORD,
    )


def a_rotated_session(*, now: datetime = NOW, replays: int = 0, generation: int = 1) -> Session:
    """Return a session whose token `before` was superseded by `live` at `now`."""
    return replace(
        a_session(now=now),
        generation=generation,
        superseded_digest=b"before",
        superseded_at=now,
        sealed_successor=b"sealed",
        replays=replays,
    )


def a_signing_key(
    number: int = 0,
    *,
    algorithm: Algorithm = Algorithm.ES256,
    signs_from: datetime = NOW,
    signs_for: timedelta = timedelta(days=90),
) -> SigningKey:
    """Return a key that signs from `signs_from`, and verifies for a day more."""
    signs_until = signs_from + signs_for
    return SigningKey(
        id=KeyId(f"{number:026}"),
        algorithm=algorithm,
        public_jwk="{}",
        sealed_private=b"",
        created_at=signs_from - timedelta(days=1),
        signs_from=signs_from,
        signs_until=signs_until,
        ends_at=signs_until + timedelta(days=1),
    )


def an_access_token(*, now: datetime = NOW, life: timedelta = timedelta(minutes=5)) -> AccessToken:
    """Return the claims of a token that was issued at `now`."""
    return AccessToken(
        issuer=ISSUER,
        subject=ACCOUNT,
        audience=ISSUER,
        client_id="doorward-mobile",
        session_id=SESSION,
        token_id="t" * 26,
        scope="account",
        issued_at=now,
        expires_at=now + life,
        authenticated_at=now,
    )


def a_file(number: int = 1, *, owner: AccountId = ACCOUNT, now: datetime = NOW) -> File:
    """Return a private file of a few bytes."""
    name = f"{number:026}"
    return File(
        id=FileId(name),
        account_id=owner,
        purpose=Purpose.PRIVATE,
        name="report.pdf",
        media_type="application/pdf",
        size=9,
        sha256=bytes(32),
        key=Key(name),
        created_at=now,
    )


def an_upload(number: int = 1, *, owner: AccountId = ACCOUNT, now: datetime = NOW) -> Upload:
    """Return an upload of a hundred bytes, of which none has come."""
    return Upload(FileId(f"{number:026}"), owner, "report.pdf", 100, now, now + UPLOAD_LIVES_FOR)


def a_job(*, attempts: int = 1, now: datetime = NOW) -> Job:
    """Return a job that failed `attempts` times."""
    return Job(JobId("j" * 26), "send_letter.v1", b"", now, now, attempts=attempts)

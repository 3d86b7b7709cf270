"""Whoever steals the database finds no secret in it that works."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.adapters.sql.store import SqlStore
from doorward.core.kernel import secrets
from doorward.core.outbox.records import JobState
from doorward.core.sessions.records import Kind
from doorward.worker.jobs import JOBS
from tests.house import HOME, OTHER_PASSWORD, PASSWORD, House, token_of
from tests.stores import a_sqlite_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = a_sqlite_store(tmp_path)
    yield opened
    opened.close()


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("doorward.db*")))


def spellings(secret: str) -> Iterator[bytes]:
    """Yield what would give a secret away: itself, the random part of it, and that part as bytes."""
    yield secret.encode()
    yield b64encode(secret.encode())
    for part in secret.split("_"):
        raw = secrets.decode(part)
        if raw is not None and len(raw) == secrets.SECRET_BYTES:
            yield part.encode()
            yield raw
            yield raw.hex().encode()
            yield b64encode(raw)


def issued(house: House) -> dict[str, str]:
    """Let the house issue every kind of secret it has, and return them by name; the last mails still wait."""
    found: dict[str, str] = {"invitation": house.flows.invite_first_operator() or ""}
    found["chosen"] = house.flows.add_account("adele", "adele@mail.example").token or ""
    claim = house.claim("margaret")
    found |= {"verify": token_of(claim), "code": claim.code or ""}
    account_id = house.flows.verify_email.by_link(token_of(claim))
    web, mobile = house.sign_in("margaret"), house.sign_in("margaret", kind=Kind.MOBILE)
    found |= {"web access": web.access_token, "web refresh": web.refresh_token, "device": f"{web.device_token}"}
    found |= {"mobile access": mobile.access_token, "mobile refresh": mobile.refresh_token}
    refreshed = house.flows.refresh(mobile.refresh_token, Kind.MOBILE, caller=HOME)
    found |= {"next access": refreshed.access_token, "next refresh": refreshed.refresh_token}
    found["page"] = house.flows.recognise.page_token(web)
    house.flows.forgot_password("margaret@mail.example")
    house.flows.change_profile(account_id, email="new@mail.example")
    for letter in house.deliver():
        found[f"{letter.kind} link"] = token_of(letter)
        found[f"{letter.kind} code"] = letter.code or ""
    house.flows.forgot_password("margaret@mail.example")
    return {name: secret for name, secret in found.items() if secret} | {"password": PASSWORD}


def test_store_holds_none_of_the_issued_secrets(store: SqlStore, tmp_path: Path) -> None:
    house = House(store)
    found = issued(house)

    disk = everything_on_disk(tmp_path)

    leaks = [name for name, secret in found.items() for spelling in spellings(secret) if spelling in disk]
    assert leaks == []
    assert len(found) > 14
    assert b"margaret@mail.example" in disk


def test_store_holds_no_letter_that_waits_in_clear(store: SqlStore, tmp_path: Path) -> None:
    house = House(store)
    house.flows.register("margaret", "margaret@mail.example", password=PASSWORD, caller=HOME)
    with store.work() as work:
        (job,) = work.outbox.lease(names=JOBS, now=house.clock.now(), until=house.clock.now(), limit=1)
    house.flows.answer_claim(job.id, house.tools.post.open(job))
    with store.view() as view:
        waiting = [job for job in view.outbox.list(JobState.READY) if job.name == "send_letter.v1"]
    opened = house.tools.post.open(waiting[0])

    disk = everything_on_disk(tmp_path)

    token, code = f"{opened['token']}", f"{opened['code']}"
    assert len(waiting) == 1
    assert not any(spelling in disk for secret in (token, code) for spelling in spellings(secret))
    assert house.flows.verify_email.by_link(token)


def test_store_holds_no_address_of_a_visitor(store: SqlStore, tmp_path: Path) -> None:
    house = House(store)
    house.account("margaret")
    house.sign_in("margaret")

    disk = everything_on_disk(tmp_path)

    assert f"{HOME.address}".encode() not in disk
    assert bytes(map(int, f"{HOME.address}".split("."))) not in disk


def test_store_that_is_stolen_refreshes_nothing(store: SqlStore) -> None:
    house = House(store)
    house.account("margaret")
    remembered = house.sign_in("margaret", kind=Kind.MOBILE)
    with store.view() as view:
        session = view.sessions.by_id(remembered.session_id)
        kept = view.passwords.of(remembered.profile.id)
    assert session is not None
    assert kept is not None

    guesses = [session.digest, *(b64decode(part + "==") for part in kept.hash.split("$")[-2:])]

    assert not any(secrets.encode(guess) in remembered.refresh_token for guess in guesses)
    assert OTHER_PASSWORD not in kept.hash
    assert secrets.digest(PASSWORD.encode()).hex() not in kept.hash

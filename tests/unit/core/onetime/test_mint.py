from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.kernel import secrets
from doorward.core.kernel.secrets import Envelopes
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.records import PURPOSES, Purpose
from tests.builders import NOW

ENVELOPES = Envelopes(bytes(32))
MINT = Mint(ENVELOPES, b"codes")


@pytest.mark.parametrize("purpose", Purpose)
def test_make_token_opens_to_its_purpose_and_digest(purpose: Purpose) -> None:
    minted = MINT.make(purpose, "subject", now=NOW)

    assert MINT.open(minted.token) == (purpose, minted.artefact.digest)
    assert minted.artefact.expires_at == NOW + PURPOSES[purpose].link
    assert minted.artefact.payload == {}


@pytest.mark.parametrize("purpose", Purpose)
def test_make_without_an_address_has_no_code(purpose: Purpose) -> None:
    minted = MINT.make(purpose, "subject", now=NOW)

    assert minted.code is None
    assert (minted.artefact.address_key, minted.artefact.code_digest, minted.artefact.code_expires_at) == (None,) * 3


@pytest.mark.parametrize("purpose", [Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL])
def test_make_for_a_mail_has_a_short_code_for_ten_minutes(purpose: Purpose) -> None:
    minted = MINT.make(purpose, "subject", now=NOW, payload={"a": "b"}, address_key="m@mail.example")

    assert minted.code is not None
    assert len(minted.code) == 8
    assert minted.artefact.address_key == "m@mail.example"
    assert minted.artefact.code_digest == MINT.digest_of_code(purpose, "m@mail.example", minted.code)
    assert minted.artefact.code_expires_at == NOW + timedelta(minutes=10)
    assert minted.artefact.payload == {"a": "b"}


def test_make_where_there_is_only_a_link_has_no_code() -> None:
    minted = MINT.make(Purpose.CHOOSE_PASSWORD, "subject", now=NOW, address_key="m@mail.example")

    assert minted.code is None
    assert minted.artefact.address_key is None


def test_make_artefact_holds_neither_token_nor_code() -> None:
    minted = MINT.make(Purpose.VERIFY_EMAIL, "subject", now=NOW, address_key="m@mail.example")

    kept = repr(minted.artefact)

    assert minted.token not in kept
    assert minted.token.split("_")[2] not in kept
    assert f"{minted.code}" not in kept


@given(st.text(max_size=200))
def test_open_arbitrary_text_is_none(presented: str) -> None:
    assert MINT.open(presented) is None


@pytest.mark.parametrize("parts", [("no-such-purpose", "aa"), ("verify-email", "A"), ("verify_email", "aa")])
def test_open_envelope_of_ours_with_strange_parts_is_none(parts: tuple[str, str]) -> None:
    assert MINT.open(ENVELOPES.close("dwo1", *parts)) is None


def test_open_token_with_another_purpose_is_none() -> None:
    token = MINT.make(Purpose.UNLOCK_SIGN_IN, "subject", now=NOW).token

    assert MINT.open(token.replace("unlock-sign-in", "reset-password")) is None


def test_digest_of_code_spaces_and_dashes_do_not_count() -> None:
    plain = MINT.digest_of_code(Purpose.VERIFY_EMAIL, "m@mail.example", "12345678")

    assert MINT.digest_of_code(Purpose.VERIFY_EMAIL, "m@mail.example", "1234-56 78") == plain


def test_digest_of_code_is_bound_to_purpose_address_and_key() -> None:
    digests = {
        MINT.digest_of_code(Purpose.VERIFY_EMAIL, "m@mail.example", "12345678"),
        MINT.digest_of_code(Purpose.CHANGE_EMAIL, "m@mail.example", "12345678"),
        MINT.digest_of_code(Purpose.VERIFY_EMAIL, "n@mail.example", "12345678"),
        Mint(ENVELOPES, b"other").digest_of_code(Purpose.VERIFY_EMAIL, "m@mail.example", "12345678"),
        secrets.digest(b"12345678"),
    }

    assert len(digests) == 5


def test_digest_of_code_half_a_letter_is_a_wrong_code() -> None:
    assert len(MINT.digest_of_code(Purpose.VERIFY_EMAIL, "m@mail.example", "\ud800")) == 32

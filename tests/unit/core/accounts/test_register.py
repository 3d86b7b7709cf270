import pytest

from doorward.core.accounts.errors import UserExists
from doorward.core.accounts.records import Registration
from doorward.core.audit.records import AuditKind
from doorward.core.credentials.errors import PasswordUnsuitable
from doorward.core.kernel.errors import Invalid
from doorward.core.outbox.records import LetterKind
from tests.house import HOME, KNOWN_PASSWORD, PASSWORD, House


def test_register_makes_a_claim_that_is_not_verified(house: House) -> None:
    house.flows.register("Margaret", "Margaret@Mail.Example", password=PASSWORD, caller=HOME)

    with house.store.view() as view:
        claim = view.claims.newest("margaret@mail.example")
        assert claim is not None
        assert claim.is_verified is False
        assert (claim.username, claim.email) == ("margaret", "Margaret@mail.example")
        assert PASSWORD not in claim.password_hash


def test_register_owns_nothing(house: House) -> None:
    house.flows.register("margaret", "m@mail.example", password=PASSWORD, caller=HOME)

    with house.store.view() as view:
        assert view.accounts.count() == 0
        assert view.accounts.by_login("margaret") is None
        assert view.accounts.by_email("m@mail.example") is None


def test_register_many_times_makes_many_claims(house: House) -> None:
    letters = [house.claim("margaret", email="m@mail.example") for _ in range(3)]

    assert [letter.kind for letter in letters] == [LetterKind.VERIFY_EMAIL] * 3
    assert len({letter.token for letter in letters}) == 3


@pytest.mark.parametrize(
    ("name", "email", "told", "kind"),
    [
        ("somebody", "margaret@mail.example", "margaret@mail.example", LetterKind.ACCOUNT_EXISTS),
        ("margaret", "other@mail.example", "other@mail.example", LetterKind.USERNAME_TAKEN),
        ("mаrgаrеt".replace("а", "a").replace("е", "e").upper(), "o@mail.example", "o@mail.example", "username_taken"),
    ],
)
def test_register_what_is_taken_is_user_exists_and_told_by_mail(
    house: House, name: str, email: str, told: str, kind: str
) -> None:
    house.account("margaret")

    with pytest.raises(UserExists) as refused:
        house.flows.register(name, email, password=PASSWORD, caller=HOME)
    (letter,) = house.deliver()

    assert (letter.kind, letter.to, letter.token, letter.code) == (kind, told, None, None)
    assert "username or" in refused.value.detail


def test_register_name_that_looks_like_one_that_is_taken_is_user_exists(house: House) -> None:
    house.account("scope")

    with pytest.raises(UserExists):
        house.flows.register("ѕсоре", "other@mail.example", password=PASSWORD, caller=HOME)


def test_register_where_it_is_private_always_answers_the_same(house: House) -> None:
    private = House(house.store, registration=Registration.PRIVATE)
    private.account("margaret")

    private.flows.register("margaret", "margaret@mail.example", password=PASSWORD, caller=HOME)

    assert [letter.kind for letter in private.deliver()] == [LetterKind.ACCOUNT_EXISTS]


def test_register_does_equal_work_in_every_case(house: House) -> None:
    private = House(house.store, registration=Registration.PRIVATE)
    private.account("margaret")
    seen = []

    for name, email in [
        ("somebody", "somebody@mail.example"),
        ("margaret", "new@mail.example"),
        ("nobody", "margaret@mail.example"),
        ("margaret", "margaret@mail.example"),
    ]:
        hashes, before = private.hasher.calls, len(private.statements)
        private.flows.register(name, email, password=PASSWORD, caller=HOME)
        seen.append((private.hasher.calls - hashes, private.statements[before:]))

    assert seen == [seen[0]] * 4
    assert seen[0][0] == 1
    assert seen[0][1].count("outbox.add") == 1
    assert seen[0][1].count("audit.append") == 1


def test_register_is_recorded_without_name_or_address(house: House) -> None:
    house.account("margaret")
    with pytest.raises(UserExists):
        house.flows.register("margaret", "new@mail.example", password=PASSWORD, caller=HOME)

    with house.store.view() as view:
        entries = view.audit.read()

    kinds = [entry.event.kind for entry in entries if entry.event.kind.startswith("claim")]
    assert kinds == [AuditKind.CLAIM_MADE, AuditKind.CLAIM_REFUSED]
    assert not any(word in repr(entries) for word in ("margaret", "mail.example", "192.0.2.7"))


@pytest.mark.parametrize(
    ("name", "email", "pointer"), [("m", "m@mail.example", "/username"), ("margaret", "m", "/email")]
)
def test_register_bad_name_or_address_is_invalid_and_leaves_nothing(
    house: House, name: str, email: str, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        house.flows.register(name, email, password=PASSWORD, caller=HOME)

    assert refused.value.pointer == pointer
    assert house.deliver() == []


@pytest.mark.parametrize("password", [KNOWN_PASSWORD, "short", "margaret.mail.example!", "doorwarddoorward"])
def test_register_bad_password_is_unsuitable_and_leaves_nothing(house: House, password: str) -> None:
    with pytest.raises(PasswordUnsuitable) as refused:
        house.flows.register("margaret", "margaret@mail.example", password=password, caller=HOME)

    assert refused.value.pointer == "/password"
    assert house.deliver() == []

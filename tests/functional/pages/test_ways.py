"""Connecting other ways to sign in to an account, and taking them away."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.functional.pages.abroad import KIND, a_site_with, go
from tests.functional.pages.visitor import Visitor
from tests.functional.site import ABROAD, Site
from tests.house import PASSWORD
from tests.upstream import Elsewhere, Somebody, a_provider

_MINUTES = timedelta(minutes=1)


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere(a_provider(KIND))


@pytest.fixture
def pages(tmp_path: Path, empty_store: Path, elsewhere: Elsewhere) -> Iterator[Site]:
    with a_site_with(elsewhere, tmp_path, empty_store) as site:
        yield site


def test_account_page_connects_and_disconnects(pages: Site, elsewhere: Elsewhere) -> None:
    pages.house.account()
    visitor = Visitor(pages).sign_in()
    elsewhere.person = Somebody("77", "somebody@elsewhere.example", name="Grace")

    go(visitor, elsewhere, "/account")

    assert visitor.led_to == "/account?notice=identity_linked"
    assert "somebody@elsewhere.example" in visitor.follow().paper.texts["ways"]
    assert visitor.fill("unlink-1-form").led_to == "/account?notice=identity_unlinked"
    assert "ways" not in visitor.follow().paper.ids


def test_account_page_offers_neither_when_the_sign_in_is_old(pages: Site, elsewhere: Elsewhere) -> None:
    pages.house.account()
    visitor = Visitor(pages).sign_in()
    pages.clock.advance(_MINUTES * 6)

    visitor.open("/account")

    assert f"with-{KIND}-form" not in visitor.paper.forms
    assert "ways-confirm" in visitor.paper.ids


@pytest.mark.parametrize("path", ["/account/ways/link", "/account/ways/unlink"])
def test_connecting_and_disconnecting_need_a_fresh_sign_in(pages: Site, path: str) -> None:
    pages.house.account()
    visitor = Visitor(pages).sign_in()
    token = visitor.open("/account").paper.forms["username-form"].fields["csrf_token"]
    pages.clock.advance(_MINUTES * 6)

    visitor.post(path, {"csrf_token": token, "provider": KIND})

    assert visitor.led_to == "/account/confirm"


def test_last_way_in_cannot_be_disconnected(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = go(Visitor(pages), elsewhere).follow()
    fields = visitor.paper.forms["username-form"].fields

    assert "last-way" in visitor.paper.ids
    assert "unlink-1-form" not in visitor.paper.forms
    visitor.post(
        "/account/ways/unlink",
        {"csrf_token": fields["csrf_token"], "issuer": elsewhere.issuer, "subject": elsewhere.person.subject},
    )
    assert visitor.status == 400
    assert "only way to sign in" in visitor.paper.texts["error-summary"]


def test_somebody_elses_identity_cannot_be_disconnected(pages: Site, elsewhere: Elsewhere) -> None:
    go(Visitor(pages), elsewhere)
    pages.house.account()
    visitor = Visitor(pages, ABROAD).sign_in()
    token = visitor.paper.forms["username-form"].fields["csrf_token"]
    fields = {"issuer": elsewhere.issuer, "subject": elsewhere.person.subject}

    visitor.post("/account/ways/unlink", {"csrf_token": token, **fields})

    assert visitor.status == 404
    assert go(Visitor(pages), elsewhere).led_to == "/account"


def test_identity_of_somebody_else_cannot_be_connected(pages: Site, elsewhere: Elsewhere) -> None:
    go(Visitor(pages), elsewhere)
    pages.house.account()
    visitor = Visitor(pages, ABROAD).sign_in()

    go(visitor, elsewhere, "/account")

    assert visitor.status == 409
    assert "another account" in visitor.paper.texts["error-summary"]


def test_account_without_a_password_confirms_with_its_provider(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = go(Visitor(pages), elsewhere)
    pages.clock.advance(_MINUTES * 6)
    visitor.open("/account/confirm")

    assert "confirm-form" not in visitor.paper.forms
    go(visitor, elsewhere, "/account/confirm")

    assert visitor.led_to == "/account?notice=confirmed"
    assert "email-form" in visitor.follow().paper.forms


def test_confirming_as_somebody_else_is_refused_where_one_confirms(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = go(Visitor(pages), elsewhere)
    elsewhere.person = Somebody("77", "somebody@elsewhere.example", name="Grace")
    pages.clock.advance(_MINUTES * 6)

    go(visitor, elsewhere, "/account/confirm")

    assert visitor.status == 401
    assert f"signed in at {elsewhere.provider.name} as somebody else" in visitor.paper.texts["error-summary"]
    assert f"with-{KIND}-form" in visitor.paper.forms
    assert "ways-confirm" in visitor.open("/account").paper.ids


def test_account_without_a_password_is_told_how_to_choose_one(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = go(Visitor(pages), elsewhere).follow()

    assert "choose-password" in visitor.paper.ids
    assert "password-form" not in visitor.paper.forms


def test_account_without_a_password_gets_one_by_mail(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = go(Visitor(pages), elsewhere)
    pages.house.flows.forgot_password("ada@mail.example")
    letter = pages.house.deliver()[-1]

    pages.house.flows.reset_password.by_link(letter.token or "", PASSWORD, device_name="")

    assert Visitor(pages).sign_in("ada").status == 200
    assert visitor.open("/account").led_to.startswith("/sign-in")

"""The picture of an account, sent with a plain form."""

import pytest

from tests.functional.keeping import PDF, PNG, fetched
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site, problem
from tests.house import FILES_ORIGIN, House

BOUNDARY = "----doorward"


@pytest.fixture
def member(settled: Site) -> Visitor:
    return Visitor(settled).sign_in()


def send(
    visitor: Visitor, content: bytes = PNG, /, *, token: str | None = None, name: str = "picture", **headers: str
) -> Visitor:
    """Send the form with a file in it, as a browser does."""
    if token is None:
        token = visitor.open("/account").paper.forms["picture-form"].fields["csrf_token"]
    body = (
        f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"; filename="../../me.png"\r\n'
        f"content-type: image/png\r\n\r\n"
    ).encode()
    return post(visitor, body + content + f"\r\n--{BOUNDARY}--\r\n".encode(), **headers)


def post(visitor: Visitor, body: bytes, **headers: str) -> Visitor:
    told = {"content-type": f"multipart/form-data; boundary={BOUNDARY}", **headers}
    visitor.answer = visitor.client.post("/account/picture", content=body, headers=told, follow_redirects=False)
    return visitor


def pictures(house: House) -> int:
    return len(list(house.heaps.keys()))


def test_picture_is_kept_shown_and_may_come_from_the_other_origin(settled: Site, member: Visitor) -> None:
    before = member.open("/account")
    policy_before, texts = before.answer.headers["content-security-policy"], before.paper.texts

    assert send(member).led_to == "/account?notice=picture_changed"
    member.follow()

    assert "picture-none" in texts
    assert FILES_ORIGIN not in policy_before
    assert f"img-src 'self' data: {FILES_ORIGIN};" in member.answer.headers["content-security-policy"]
    (source,) = [tag["src"] for name, tag in member.paper.elements if name == "img"]
    assert source is not None
    assert fetched(settled, source).headers["content-type"] == "image/webp"


def test_picture_is_removed(settled: Site, member: Visitor) -> None:
    send(member).follow()

    assert member.fill("picture-remove-form").led_to == "/account?notice=picture_removed"

    assert pictures(settled.house) == 0
    token = member.follow().paper.forms["picture-form"].fields["csrf_token"]
    assert member.post("/account/picture/remove", {"csrf_token": token}).led_to == "/account"


@pytest.mark.parametrize("content", [b"", PDF, b"<svg onload='alert(1)'/>"])
def test_picture_that_is_none_is_refused_beside_its_control(settled: Site, member: Visitor, content: bytes) -> None:
    send(member, content)

    assert member.status == 415
    assert "picture-error" in member.paper.texts
    assert pictures(settled.house) == 0


def test_picture_that_is_too_large_is_refused_beside_its_control(member: Visitor) -> None:
    send(member, PNG + bytes(11 << 20))

    assert (member.status, "picture-error" in member.paper.texts) == (413, True)


@pytest.mark.parametrize("token", ["", "made.up", "AAAAAAAAAAAAAAAAAAAAAA.AAAA"])
def test_picture_without_the_token_against_forgery_is_refused(settled: Site, member: Visitor, token: str) -> None:
    send(member, token=token)

    assert (member.status, member.paper.texts["error-code"]) == (403, "CSRF_FAILED")
    assert pictures(settled.house) == 0


def test_picture_from_another_site_is_refused(settled: Site, member: Visitor) -> None:
    send(member, **{"sec-fetch-site": "cross-site"})

    assert (member.status, pictures(settled.house)) == (403, 0)


def test_token_of_somebody_else_is_refused(settled: Site, member: Visitor) -> None:
    settled.house.account("mallory")
    mallory = Visitor(settled).sign_in("mallory")
    token = mallory.open("/account").paper.forms["picture-form"].fields["csrf_token"]

    send(member, token=token)

    assert (member.status, pictures(settled.house)) == (403, 0)


def test_strangers_are_led_to_sign_in_before_anything_is_read(settled: Site) -> None:
    visitor = Visitor(settled)

    assert send(visitor, token="x").led_to == "/sign-in"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--" + BOUNDARY.encode(),
        b"junk\r\n--" + BOUNDARY.encode() + b"--\r\n",
        f"--{BOUNDARY}\r\nno disposition\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
        f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="a"\r\n--{BOUNDARY}--\r\n'.encode(),
        (f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n' * 2 + f"--{BOUNDARY}--").encode(),
        (
            "".join(f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{n}"\r\n\r\nx\r\n' for n in "abcdefghijkl")
            + f"--{BOUNDARY}--"
        ).encode(),
        f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="a"\r\n\r\n'.encode()
        + b"\xff\r\n--"
        + BOUNDARY.encode()
        + b"--",
    ],
    ids=["nothing", "no end", "preamble", "no name", "no content", "twice", "many", "no text"],
)
def test_form_that_can_be_read_in_two_ways_is_refused(member: Visitor, body: bytes) -> None:
    member.client.headers["accept"] = "application/json"

    post(member, body)

    assert (member.status, member.paper.texts["error-code"]) == (400, "BODY_MALFORMED")


def test_form_of_another_kind_is_refused(member: Visitor) -> None:
    send(member, **{"content-type": "application/x-www-form-urlencoded"})

    assert (member.status, member.paper.texts["error-code"]) == (415, "CONTENT_TYPE_REFUSED")


def test_form_without_a_picture_is_refused(member: Visitor) -> None:
    send(member, name="other")

    assert (member.status, "picture-error" in member.paper.texts) == (415, True)


def test_pictures_too_many_in_an_hour_are_refused_before_they_are_read(settled: Site, member: Visitor) -> None:
    for _ in range(20):
        send(member, PDF)
    member.client.headers["accept"] = "application/json"

    post(member, b"no form")

    assert (member.status, member.paper.texts["error-code"]) == (429, "TOO_MANY_REQUESTS")


def test_pictures_too_many_in_an_hour_are_refused(settled: Site) -> None:
    app = settled.device()
    app.sign_in()
    answers = [
        app.client.put("/v1/mobile/avatar", content=PNG, headers={"authorization": f"Bearer {app.access_token}"})
        for _ in range(21)
    ]

    assert [answer.status_code for answer in answers[:20]] == [200] * 20
    assert problem(answers[20]) == (429, "TOO_MANY_REQUESTS")

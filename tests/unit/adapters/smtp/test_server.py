import pytest

from doorward.adapters.smtp.server import SmtpServer, StartTls


def test_parse_full_url_returns_its_parts() -> None:
    server = SmtpServer.parse("smtp://mail%40example.org:p%3Ass@mail.example.org:2525?starttls=required")

    assert server == SmtpServer(
        "mail.example.org", 2525, "mail@example.org", "p:ss", is_implicit=False, starttls=StartTls.REQUIRED
    )


@pytest.mark.parametrize(
    ("url", "port", "is_implicit"),
    [("smtp://mail.example.org", 587, False), ("smtps://mail.example.org", 465, True), ("smtp://[::1]:25", 25, False)],
)
def test_parse_short_url_fills_in_the_port(url: str, port: int, *, is_implicit: bool) -> None:
    server = SmtpServer.parse(url)

    assert (server.port, server.is_implicit, server.starttls) == (port, is_implicit, StartTls.OFFERED)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://:secret@",
        "smtp://secret@host:port",
        "smtp://secret@host/path",
        "smtp://secret@host?starttls=perhaps",
        "smtp://secret@host?tls=no",
        "smtp://secret@[::1",
    ],
)
def test_parse_other_url_refuses_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"starttls|URL") as caught:
        SmtpServer.parse(url)

    assert "secret" not in str(caught.value)


def test_repr_hides_the_password() -> None:
    assert "hunter2" not in repr(SmtpServer.parse("smtp://me:hunter2@localhost"))


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("smtp://localhost", True),
        ("smtp://127.0.0.9", True),
        ("smtp://[::1]", True),
        ("smtp://mail.example.org", False),
        ("smtp://192.0.2.1", False),
        ("smtp://mail.example.org?starttls=never", True),
    ],
)
def test_may_speak_openly_only_at_home_or_when_spelled(url: str, *, may: bool) -> None:
    assert SmtpServer.parse(url).may_speak_openly is may

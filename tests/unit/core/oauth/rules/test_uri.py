from urllib.parse import urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.rules import uri
from tests.redirects import candidates

HOSTS = st.text("abcxn01.-:[]%@\\_*/", min_size=1, max_size=20)
TAILS = st.text("abc01.-/?%25cAf;=&@#\\ *", max_size=30)


def read(text: str) -> uri.Uri | None:
    try:
        return uri.read_private_use(text, pointer="/uri") or uri.read(text, pointer="/uri")
    except Invalid:
        return None


def test_read_candidates_are_read_as_the_standard_library_reads_them() -> None:
    accepted = [found for text in candidates() if (found := read(text))]

    assert len(accepted) > 500
    for found in accepted:
        split = urlsplit(found.text)
        host = split.hostname and (f"[{split.hostname}]" if ":" in split.hostname else split.hostname)
        assert (split.scheme, host, split.port) == (found.scheme, found.host, found.port)
        assert (split.username, split.password, split.fragment) == (None, None, "")
        assert found.text.endswith(found.rest)


@given(HOSTS, TAILS)
def test_read_any_text_is_understood_as_by_others_or_refused(host: str, tail: str) -> None:
    found = read(f"https://{host}{tail}")

    if found is not None:
        split = urlsplit(found.text)
        assert split.hostname == (found.host or "").strip("[]")
        assert split.netloc == (found.host or "") + (f":{found.port}" if found.port else "")
        assert ".." not in split.path.split("/")


@given(st.text(st.characters(), max_size=40))
def test_read_text_that_is_refused_at_all_is_refused_in_words(text: str) -> None:
    assume(read(text) is None)

    with pytest.raises(Invalid) as refused:
        uri.read(text, pointer="/here")

    assert (refused.value.pointer, bool(refused.value.reason)) == ("/here", True)


def test_read_too_long_is_refused() -> None:
    longest = "https://app.example/".ljust(uri.LONGEST, "a")

    assert read(longest) is not None
    assert read(longest + "a") is None
    assert read("com.example.app:/".ljust(uri.LONGEST + 1, "a")) is None


@pytest.mark.parametrize(
    "text", ["http://app.example/x", "http://10.0.0.1/x", "http://[2001:db8::1]/x", "http://127.0.0.2/x"]
)
def test_read_plain_http_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="this machine"):
        uri.read(text, pointer="/uri")


def test_check_link_to_this_machine_is_for_first_party_clients() -> None:
    link = "http://localhost:3000/logout"

    assert uri.check_link(link, pointer="/uri", is_first_party=True) == link
    assert uri.check_link("https://app.example/logout", pointer="/uri", is_first_party=False)
    with pytest.raises(Invalid):
        uri.check_link(link, pointer="/uri", is_first_party=False)


@pytest.mark.requirement("A-08")
@pytest.mark.parametrize("text", ["https://api.example", "https://api.example/v1", "urn:example:reports"])
def test_check_resource_absolute_name_is_accepted(text: str) -> None:
    assert uri.check_resource(text, pointer="/resources/0") == text


@pytest.mark.requirement("A-08")
@pytest.mark.parametrize(
    "text",
    ["api", "/api", "https://api.example#x", "urn:x", "urn:a:b#c", "mailto:a@b.example", "http://api.example", ""],
)
def test_check_resource_other_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        uri.check_resource(text, pointer="/resources/0")

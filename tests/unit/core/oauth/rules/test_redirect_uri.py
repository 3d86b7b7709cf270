from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.records import Client, ClientType
from doorward.core.oauth.rules import redirect_uri
from tests.builders import CALLBACK, a_client
from tests.redirects import REGISTERED, open_redirects

ANY_TEXT = st.text(st.characters(), max_size=60)
PIECES = st.sampled_from(
    ["", "@", "\\", "/", "//", "%2e", "..", ":", "#", "?", "&", ";", "\x00", "\n", "é", "。", "[", "x"]
)
PUBLISHED_THAT_ARE_GOOD = {"https://google.com", "https://google.com/", "https://google.com//"}
FREE_PORT = "http://127.0.0.1/signed-in"


def a_returning_client() -> Client:
    return replace(a_client(), redirect_uris=REGISTERED, post_logout_redirect_uris=REGISTERED)


def is_accepted(text: str, kind: ClientType = ClientType.SPA, *, is_first_party: bool = False) -> bool:
    try:
        redirect_uri.check(text, kind=kind, is_first_party=is_first_party, pointer="/redirect_uris/0")
    except Invalid as refused:
        return refused.pointer != "/redirect_uris/0"
    return True


@pytest.mark.parametrize(
    "text",
    [
        CALLBACK,
        "https://app.example",
        "https://app.example:8443/signed-in?tenant=one",
        "https://192.0.2.1/signed-in",
        "https://[2001:db8::1]/signed-in",
        "https://xn--bcher-kva.example/signed-in",
        "https://app.example/@me/caf%C3%A9;v=1",
        "http://127.0.0.1/signed-in",
        "http://127.0.0.1:7777/signed-in",
        "http://[::1]/signed-in",
    ],
)
@pytest.mark.parametrize("kind", ClientType)
def test_check_plain_address_is_accepted(text: str, kind: ClientType) -> None:
    assert is_accepted(text, kind)


@pytest.mark.parametrize("text", ["com.example.app:/signed-in", "com.example.app://signed-in", "com.example.app:/"])
def test_check_private_use_scheme_is_for_native_clients_alone(text: str) -> None:
    accepting = {kind for kind in ClientType if is_accepted(text, kind)}

    assert accepting == {ClientType.NATIVE}


@pytest.mark.parametrize(
    "text", ["custom:/signed-in", "com..app:/x", ".app:/x", "com.app.:/x", "com.example:x", "a.b:"]
)
def test_check_scheme_that_is_no_reversed_domain_is_refused(text: str) -> None:
    assert not is_accepted(text, ClientType.NATIVE, is_first_party=True)


def test_check_localhost_by_name_is_for_native_and_first_party_clients() -> None:
    others = {kind for kind in ClientType if is_accepted("http://localhost:3000/signed-in", kind)}
    ours = {kind for kind in ClientType if is_accepted("http://localhost:3000/signed-in", kind, is_first_party=True)}

    assert others == {ClientType.NATIVE}
    assert ours == set(ClientType)


@pytest.mark.parametrize("name", sorted(redirect_uri.ANSWERS))
def test_check_query_with_a_parameter_of_an_answer_is_refused(name: str) -> None:
    assert not is_accepted(f"https://app.example/signed-in?tenant=1&{name}=x")
    assert not is_accepted(f"https://app.example/signed-in?{name}")
    assert not is_accepted(f"https://app.example/signed-in?%{ord(name[0]):x}{name[1:]}=x")


@pytest.mark.requirement("S-01", "S-07", "O-06")
def test_check_open_redirects_are_refused_but_for_plain_ones_that_lead_where_they_say() -> None:
    shapes = open_redirects()

    accepted = [text for text in shapes if is_accepted(text)]

    assert len(shapes) > 500
    assert set(accepted) & set(PUBLISHED_THAT_ARE_GOOD) == PUBLISHED_THAT_ARE_GOOD
    for text in set(accepted) - PUBLISHED_THAT_ARE_GOOD:
        # What is left are other addresses of the hosts that they name, to be registered or not.
        assert urlsplit(text).scheme in {"https", "http"}
        assert text.startswith(("https://app.example", "http://127.0.0.1", "http://[::1]", "https://127.0.0.1/"))


@pytest.mark.requirement("S-01", "O-07", "O-08")
def test_may_redirect_to_open_redirects_are_refused() -> None:
    client = a_returning_client()

    led_away = [text for text in open_redirects() if redirect_uri.may_redirect_to(client, text)]

    assert led_away == []


@pytest.mark.requirement("S-01")
def test_may_return_to_open_redirects_are_refused() -> None:
    client = a_returning_client()

    led_away = [text for text in open_redirects() if redirect_uri.may_return_to(client, text)]

    assert led_away == []


def test_may_redirect_to_address_for_signing_out_is_refused() -> None:
    client = replace(a_client(), post_logout_redirect_uris=("https://app.example/bye",))

    assert redirect_uri.may_return_to(client, "https://app.example/bye")
    assert not redirect_uri.may_redirect_to(client, "https://app.example/bye")
    assert not redirect_uri.may_return_to(client, CALLBACK)


@pytest.mark.requirement("O-07")
@given(st.integers(0, len(CALLBACK)), PIECES, st.integers(0, 3))
def test_may_redirect_to_registered_address_with_a_change_is_refused(place: int, piece: str, cut: int) -> None:
    presented = CALLBACK[:place] + piece + CALLBACK[place + cut :]

    allowed = redirect_uri.may_redirect_to(a_client(), presented)

    assert allowed == (presented == CALLBACK)


@given(ANY_TEXT)
def test_may_redirect_to_any_text_is_the_registered_address_or_refused(presented: str) -> None:
    assert redirect_uri.may_redirect_to(a_client(), presented) == (presented == CALLBACK)


@pytest.mark.requirement("S-01", "A-11")
@given(st.integers(1, 65_535), st.sampled_from(["127.0.0.1", "[::1]"]))
def test_may_redirect_to_loopback_address_has_any_port(port: int, host: str) -> None:
    client = replace(a_client(), redirect_uris=(f"http://{host}/signed-in", f"http://{host}:7777/other?x=1"))

    assert redirect_uri.may_redirect_to(client, f"http://{host}:{port}/signed-in")
    assert redirect_uri.may_redirect_to(client, f"http://{host}:{port}/other?x=1")
    assert not redirect_uri.may_redirect_to(client, f"http://{host}:{port}/other")
    assert not redirect_uri.may_redirect_to(client, f"https://{host}:{port}/signed-in")


@pytest.mark.requirement("S-01")
@given(st.integers(-1, 10**9), st.sampled_from(["", "0", "+", " ", "%31"]), st.sampled_from(["", "x", "@evil.example"]))
def test_may_redirect_to_loopback_port_that_is_none_is_refused(port: int, before: str, after: str) -> None:
    client = replace(a_client(), redirect_uris=(FREE_PORT,))
    presented = f"http://127.0.0.1:{before}{port}{after}/signed-in"

    allowed = redirect_uri.may_redirect_to(client, presented)

    assert allowed == (not before and not after and 0 < port <= 65_535)


@pytest.mark.requirement("S-01")
def test_may_redirect_to_other_loopback_host_is_refused() -> None:
    client = replace(a_client(), redirect_uris=(FREE_PORT,))

    assert not redirect_uri.may_redirect_to(client, "http://[::1]/signed-in")
    assert not redirect_uri.may_redirect_to(client, "http://localhost/signed-in")


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("is_first_party", [False, True])
def test_may_redirect_to_localhost_by_name_has_a_free_port_for_first_party_clients(*, is_first_party: bool) -> None:
    registered = "http://localhost:3000/signed-in"
    client = replace(a_client(), redirect_uris=(registered,), is_first_party=is_first_party)

    assert redirect_uri.may_redirect_to(client, registered)
    assert redirect_uri.may_redirect_to(client, "http://localhost:3001/signed-in") == is_first_party


@pytest.mark.requirement("S-01")
def test_may_redirect_to_port_of_an_encrypted_or_private_address_is_not_free() -> None:
    client = replace(a_client(), redirect_uris=(CALLBACK, "https://127.0.0.1/x", "com.example.app://signed-in"))

    assert not redirect_uri.may_redirect_to(client, "https://app.example:8443/signed-in")
    assert not redirect_uri.may_redirect_to(client, "https://127.0.0.1:8443/x")
    assert not redirect_uri.may_redirect_to(client, "com.example.app://signed-in:80")

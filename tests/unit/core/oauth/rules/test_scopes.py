import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.rules import scopes

GRANTED = ("openid", "email", "reports:read")
USERINFO = "https://auth.example/oauth/userinfo"
ONE, OTHER = "https://one.example", "https://other.example"


@pytest.mark.requirement("O-18")
def test_narrow_nothing_asked_gives_everything_granted() -> None:
    assert scopes.narrow(None, granted=GRANTED) == GRANTED


@pytest.mark.requirement("O-18", "O-11")
def test_narrow_part_is_asked_gives_that_part() -> None:
    assert scopes.narrow("email  openid email", granted=GRANTED) == ("email", "openid")


@pytest.mark.requirement("O-18")
@pytest.mark.parametrize("presented", ["openid admin", "operate", "account", " ", "Openid", "reports"])
def test_narrow_more_than_was_granted_is_refused(presented: str) -> None:
    with pytest.raises(OAuthError) as refused:
        scopes.narrow(presented, granted=GRANTED)

    assert refused.value.error is OAuthCode.INVALID_SCOPE


@pytest.mark.parametrize(
    "presented",
    ["a" * 129, " ".join(f"s{n}" for n in range(33)), 'quo"te', "back\\slash", "tab\there", "ünicode"],
    ids=["long", "many", "quote", "backslash", "tab", "letter"],
)
def test_read_malformed_or_long_scope_is_refused(presented: str) -> None:
    with pytest.raises(OAuthError) as refused:
        scopes.read(presented)

    assert refused.value.error is OAuthCode.INVALID_SCOPE


@given(st.lists(st.sampled_from(["openid", "email", "reports:read", "admin", "operate"]), min_size=1))
def test_narrow_never_gives_what_was_not_granted(wanted: list[str]) -> None:
    try:
        found = scopes.narrow(" ".join(wanted), granted=GRANTED)
    except OAuthError:
        assert not set(wanted) <= set(GRANTED)
    else:
        assert set(found) == set(wanted)


def test_allowed_client_for_itself_gets_nothing_about_people() -> None:
    registered = ("openid", "profile", "email", "offline_access", "roles", "account", "operate", "reports:read")

    assert scopes.allowed(None, registered=registered) == ("reports:read",)


@pytest.mark.parametrize("presented", ["openid", "account", "operate", "unknown"])
def test_allowed_client_for_itself_asks_about_people_is_refused(presented: str) -> None:
    with pytest.raises(OAuthError) as refused:
        scopes.allowed(presented, registered=("openid", "account", "operate", "reports:read"))

    assert refused.value.error is OAuthCode.INVALID_SCOPE


@pytest.mark.requirement("J-17")
def test_audience_none_was_granted_is_the_default() -> None:
    assert scopes.audience(None, granted=(), default=USERINFO) == USERINFO
    assert scopes.audience(USERINFO, granted=(ONE,), default=USERINFO) == USERINFO


@pytest.mark.requirement("J-17", "J-19")
def test_audience_one_was_granted_is_that() -> None:
    assert scopes.audience(None, granted=(ONE,), default=USERINFO) == ONE


@pytest.mark.requirement("A-08")
def test_audience_several_were_granted_is_the_one_named() -> None:
    assert scopes.audience(OTHER, granted=(ONE, OTHER), default=USERINFO) == OTHER


@pytest.mark.requirement("A-08", "J-17")
@pytest.mark.parametrize(
    ("presented", "granted"),
    [(None, (ONE, OTHER)), (OTHER, (ONE,)), (ONE + "/", (ONE,)), (ONE.upper(), (ONE,)), (ONE[:-1], (ONE,)), ("", ())],
    ids=["ambiguous", "another", "slash", "case", "prefix", "empty"],
)
def test_audience_another_or_ambiguous_one_is_refused(presented: str | None, granted: tuple[str, ...]) -> None:
    with pytest.raises(OAuthError) as refused:
        scopes.audience(presented, granted=granted, default=USERINFO)

    assert refused.value.error is OAuthCode.INVALID_TARGET

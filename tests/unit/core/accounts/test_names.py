import pytest
from confusable_homoglyphs import confusables
from hypothesis import given
from hypothesis import strategies as st
from precis_i18n import get_profile

from doorward.core.accounts import lookalikes, names
from doorward.core.kernel.errors import Invalid

ANY_TEXT = st.text(st.characters(), max_size=40)
NAMES = st.text(st.characters(categories=["L", "M", "N"], include_characters="._-"), min_size=3, max_size=20)
LOCAL_PARTS = st.text(st.characters(categories=["L", "M", "N"], include_characters="._-+"), min_size=1, max_size=20)
DOMAINS = st.sampled_from(["mail.example", "Mail.Example", "bücher.example", "xn--bcher-kva.example", "例え.jp"])


@pytest.mark.parametrize(
    ("presented", "key"),
    [
        ("margaret", "margaret"),
        ("  Margaret ", "margaret"),
        ("MARGARET.H-1_2", "margaret.h-1_2"),
        ("ｍａｒｇａｒｅｔ", "margaret"),  # full width
        ("Ἀθηνᾶ", "ἀθηνᾶ"),
        ("e\u0301mile", "émile"),
        ("東京タワー", "東京タワー"),
        ("abc東京", "abc東京"),
    ],
)
def test_username_is_brought_into_one_form(presented: str, key: str) -> None:
    name = names.username(presented)

    assert (name.shown, name.key) == (key, key)


@pytest.mark.parametrize(
    "presented",
    [
        "",
        "ab",
        "a" * 33,
        "-ab",
        "ab-",
        "a b c",
        "a@b.c",
        "a/b/c",
        "a\x00b",
        "abc\u200b",
        "abc\u202e",
        "mаrgaret",  # the first a is Cyrillic
        "ab\ud800c",
        "a😀b",
    ],
)
def test_username_other_is_invalid(presented: str) -> None:
    with pytest.raises(Invalid) as refused:
        names.username(presented, pointer="/name")

    assert refused.value.pointer == "/name"


def test_username_very_long_spelling_is_invalid_before_it_is_composed() -> None:
    with pytest.raises(Invalid):
        names.username("margaret" + " " * 505)


def test_email_very_long_spelling_is_invalid_before_it_is_composed() -> None:
    with pytest.raises(Invalid):
        names.email("margaret@mail.example" + " " * 492)


@given(NAMES | ANY_TEXT)
def test_username_twice_is_once(presented: str) -> None:
    try:
        once = names.username(presented)
    except Invalid:
        return

    assert names.username(once.shown) == once


@given(st.text("abYZ019._- ", max_size=34))
def test_username_of_plain_letters_is_what_the_profile_makes_of_it(presented: str) -> None:
    try:
        shown = names.username(presented).shown
    except Invalid:
        return

    assert shown == get_profile("UsernameCaseMapped").enforce(presented.strip())
    assert lookalikes.is_of_one_script(shown)


@pytest.mark.parametrize(
    ("one", "other"),
    [("paypai", "раураӏ"), ("scope", "ѕсоре"), ("lol", "1o1"), ("lol", "1ol"), ("bella", "be11a")],
)
def test_skeleton_look_alikes_have_the_same(one: str, other: str) -> None:
    assert lookalikes.skeleton(one) == lookalikes.skeleton(other)


def test_skeleton_twin_of_a_twin_is_a_twin() -> None:
    table = confusables.confusables_data
    rows = {letter: [twin["c"] for twin in twins] for letter, twins in table.items() if len(letter) == 1}

    torn = {
        (letter, twin)
        for letter, twins in rows.items()
        for twin in twins
        if len(twin) == 1 and lookalikes.skeleton(twin) != lookalikes.skeleton(letter)
    }

    assert torn == set()


@pytest.mark.parametrize(("one", "other"), [("margaret", "margarete"), ("bella", "betta"), ("anna", "hanna")])
def test_skeleton_names_that_look_different_differ(one: str, other: str) -> None:
    assert lookalikes.skeleton(one) != lookalikes.skeleton(other)


@pytest.mark.parametrize(
    ("presented", "shown", "key"),
    [
        (" Margaret@Mail.Example ", "Margaret@mail.example", "margaret@mail.example"),
        ("m+tag@mail.example", "m+tag@mail.example", "m+tag@mail.example"),
        ("m@BÜCHER.example", "m@xn--bcher-kva.example", "m@xn--bcher-kva.example"),
    ],
)
def test_email_is_brought_into_one_form(presented: str, shown: str, key: str) -> None:
    address = names.email(presented)

    assert (address.shown, address.key) == (shown, key)


@pytest.mark.parametrize("presented", ["é@mail.example", "e\u0301@mail.example", "ü@bücher.example"])
def test_email_that_not_every_mail_server_takes_is_refused(presented: str) -> None:
    with pytest.raises(Invalid, match="every mail server"):
        names.email(presented)


@pytest.mark.parametrize(
    "presented",
    [
        "",
        "@",
        "margaret",
        "a@b@mail.example",
        "a＠mail.example",  # full width
        "a@ｍail.example",  # full width
        "a@mail．example",
        "a@localhost",
        "a@[127.0.0.1]",
        "a b@mail.example",
        "a@mail.example\r\nBcc: b@mail.example",
        '"a"@mail.example',
        "a\x00@mail.example",
        "\ud800@mail.example",
        "a" * 65 + "@mail.example",
        "a@" + "b" * 64 + ".example",
        "a@" + ".".join(["b" * 60] * 5) + ".example",
    ],
)
def test_email_other_is_invalid(presented: str) -> None:
    with pytest.raises(Invalid) as refused:
        names.email(presented)

    assert refused.value.pointer == "/email"


@given(st.builds("{}@{}".format, LOCAL_PARTS, DOMAINS) | ANY_TEXT)
def test_email_twice_is_once(presented: str) -> None:
    try:
        once = names.email(presented)
    except Invalid:
        return

    assert names.email(once.shown) == once


@given(st.builds("{}@{}".format, LOCAL_PARTS, DOMAINS))
def test_email_key_that_is_an_address_is_its_own_key(presented: str) -> None:
    try:
        key = names.email(presented).key
        again = names.email(key).key
    except Invalid:
        return

    assert again == key


def test_login_key_finds_by_address_or_by_name() -> None:
    assert names.login_key("Margaret@Mail.Example") == "margaret@mail.example"
    assert names.login_key(" Margaret ") == "margaret"


@given(ANY_TEXT)
def test_login_key_any_text_becomes_a_key_that_stores_can_hold(presented: str) -> None:
    key = names.login_key(presented)

    assert "\x00" not in key
    assert key.encode().decode() == key
    assert key == names.login_key(presented)


def test_login_key_of_no_name_is_no_name() -> None:
    with pytest.raises(Invalid):
        names.username(names.login_key("no such name!"))

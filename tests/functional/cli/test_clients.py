"""`doorward clients`."""

import json
from typing import Any, Final

import pytest

from tests.functional.cli.conftest import Terminal
from tests.unit.core.oauth.keys import EC_KEY

pytestmark = pytest.mark.usefixtures("in_use")
CALLBACK: Final = "https://app.example/signed-in"
WEB: Final = ("clients", "add", "Reports", "--type", "web", "--id", "reports", "--redirect-uri", CALLBACK)


def shown(run: Terminal, client_id: str = "reports") -> Any:  # noqa: ANN401 (any JSON)
    return run("clients", "show", client_id, "--json").document


def test_add_prints_what_the_application_needs_to_know(run: Terminal) -> None:
    said = run(*WEB, "--json")

    assert said.status == 0
    assert said.document["client_id"] == "reports"
    assert said.document["client_secret"].startswith("dws1_")
    assert said.document["issuer"] == "http://localhost:8000"
    assert said.document["discovery"] == "http://localhost:8000/.well-known/openid-configuration"
    assert said.document["redirect_uris"] == [CALLBACK]
    assert said.err == ""


def test_add_to_a_person_shows_the_secret_once(run: Terminal) -> None:
    said = run(*WEB)
    again = run("clients", "show", "reports")
    listed = run("clients", "list")

    assert "✓ Reports is registered." in said.out
    assert "The secret is shown this once." in said.out
    assert "dws1_" in said.out
    assert "dws1_" not in again.out + listed.out


def test_add_each_type_with_the_few_options_that_it_needs(run: Terminal) -> None:
    said = [
        run("clients", "add", "Shop", "--type", "spa", "--redirect-uri", CALLBACK, "--json"),
        run("clients", "add", "Phone", "--type", "native", "--redirect-uri", "com.example.app:/signed-in", "--json"),
        run("clients", "add", "Tool", "--type", "native", "--redirect-uri", "http://127.0.0.1/signed-in", "--json"),
        run("clients", "add", "Nightly", "--type", "service", "--scope", "reports:read", "--json"),
    ]

    assert [each.status for each in said] == [0, 0, 0, 0]
    assert [each.document["authentication"] for each in said] == ["none", "none", "none", "client_secret_basic"]
    assert [each.document["client_secret"] is None for each in said] == [True, True, True, False]
    assert said[3].document["scope"] == "reports:read"


def test_add_every_option_is_kept(run: Terminal) -> None:
    (run.folder / "keys.json").write_text(json.dumps({"keys": [EC_KEY]}))

    options = (
        "--authentication private_key_jwt --jwks keys.json --first-party --pairwise --require-par --require-dpop "
        "--scope openid --scope reports:read --resource https://api.example --grant authorization_code "
        "--post-logout-redirect-uri https://app.example/bye --backchannel-logout-uri https://app.example/logout "
        "--client-uri https://app.example"
    )
    said = run(*WEB, *options.split(" "), "--json")

    client = shown(run)
    assert (said.status, said.document["client_secret"]) == (0, None)
    assert json.loads(client["jwks"]) == {"keys": [EC_KEY]}
    assert (client["first_party"], client["pairwise"], client["requires_dpop"]) == (True, True, True)
    assert client["scopes"] == ["openid", "reports:read"]
    assert client["resources"] == ["https://api.example"]
    assert client["grants"] == ["authorization_code"]
    assert client["post_logout_redirect_uris"] == ["https://app.example/bye"]


def test_add_page_whose_refresh_token_is_a_cookie(run: Terminal) -> None:
    spa = ("clients", "add", "Shop", "--type", "spa", "--id", "reports", "--redirect-uri", "https://app.example/back")
    server = ("clients", "add", "Shop", "--type", "web", "--redirect-uri", "https://app.example/back")

    said = [run(*each, "--refresh-cookie", "--json") for each in (spa, server)]

    assert [each.status == 0 for each in said] == [True, False]
    assert shown(run)["refresh_cookie"] is True


REFUSED: Final = (
    (("--type", "web"), "redirect_uris: "),
    (("--type", "web", "--redirect-uri", "http://app.example/x"), "redirect_uris/0: http"),
    (("--type", "spa", "--redirect-uri", "com.example.app:/x"), "redirect_uris/0: "),
    (("--type", "service", "--grant", "authorization_code"), "grants: "),
    (("--type", "spa", "--redirect-uri", CALLBACK, "--authentication", "client_secret_basic"), "authentication: "),
    (("--type", "service", "--scope", "operate"), "scopes/0: "),
    (("--type", "service", "--id", "doorward-web"), "id: "),
    (("--type", "service", "--id", "reports"), "id: There is a client"),
    (("--type", "service", "--jwks", "absent.json"), "absent.json cannot be used"),
)


def test_add_refused_says_what_is_wrong_and_adds_nothing(run: Terminal) -> None:
    run(*WEB)

    said = [run("clients", "add", "Other", *arguments, "--json") for arguments, _ in REFUSED]

    assert [each.status for each in said] == [1] * len(REFUSED)
    assert [each.whats[0][: len(what)] for each, (_, what) in zip(said, REFUSED, strict=True)] == [
        what for _, what in REFUSED
    ]
    assert len(run("clients", "list", "--json").document["clients"]) == 1


def test_add_without_a_type_is_misuse(run: Terminal) -> None:
    said = run("clients", "add", "Reports")

    assert (said.status, said.out) == (2, "")
    assert "--type" in said.err


def test_list_pages_and_says_how_to_begin(run: Terminal) -> None:
    empty = run("clients", "list")
    for name in ("ccc", "aaa", "bbb"):
        run("clients", "add", name, "--type", "service", "--id", name)

    first = run("clients", "list", "--size", "2", "--json").document
    rest = run("clients", "list", "--after", first["next_after"], "--json").document
    table = run("clients", "list", "--size", "2")

    assert "`doorward clients add` registers one." in empty.out
    assert [client["id"] for client in (*first["clients"], *rest["clients"])] == ["aaa", "bbb", "ccc"]
    assert rest["next_after"] is None
    assert "There are more: --after bbb" in table.out


def test_rotate_secret_prints_a_new_one_and_lets_the_old_one_end(run: Terminal) -> None:
    first = run(*WEB, "--json").document["client_secret"]

    rotated = run("clients", "rotate-secret", "reports", "--json").document["client_secret"]
    ends = [secret["expires_at"] for secret in shown(run)["secrets"]]
    at_once = run("clients", "rotate-secret", "reports", "--overlap-days", "0")

    assert rotated.startswith("dws1_")
    assert rotated != first
    assert [end is None for end in ends] == [True, False]
    assert len(shown(run)["secrets"]) == 1
    assert "the old one has ended" in at_once.out


def test_rotate_secret_of_a_public_client_refuses(run: Terminal) -> None:
    run("clients", "add", "Shop", "--type", "spa", "--id", "shop", "--redirect-uri", CALLBACK)

    said = run("clients", "rotate-secret", "shop", "--json")

    assert (said.status, said.document["error"]) == (1, "VALIDATION_FAILED")


def test_disable_enable_and_remove_change_the_state(run: Terminal) -> None:
    run(*WEB)

    disabled = run("clients", "disable", "reports", "--json").document
    enabled = run("clients", "enable", "reports", "--json").document
    removed = run("clients", "remove", "reports", "--json").document

    assert [disabled["state"], enabled["state"]] == ["disabled", "enabled"]
    assert removed == {"id": "reports", "removed": True}
    assert run("clients", "list", "--json").document["clients"] == []


def test_commands_unknown_client_refuse_in_words_of_clients(run: Terminal) -> None:
    commands = ("show", "rotate-secret", "disable", "enable", "remove")

    said = [run("clients", command, "nobody", "--json") for command in commands]

    assert [(each.status, each.whats) for each in said] == [(1, ["There is no such client."])] * len(commands)


def test_registration_token_is_printed_with_a_warning_where_nobody_asks_for_it(run: Terminal) -> None:
    said = run("clients", "registration-token", "--days", "3")

    assert "may register applications for 3 days" in said.out
    assert "dwi1_" in said.out
    assert "DOORWARD_CLIENT_REGISTRATION=token" in said.err

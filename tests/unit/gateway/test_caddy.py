from pathlib import Path

import pytest

from doorward.gateway import caddy
from doorward.gateway.description import Gateway
from tests.unit.gateway.test_description import APPLICATION, GATEWAY, ISSUER, of

FOLDER = Path("/etc/caddy/doorward")


def written(gateway: Gateway) -> str:
    return caddy.written(gateway, FOLDER)["Caddyfile"]


def test_written_says_what_it_cannot_do() -> None:
    text = written(of(APPLICATION))

    assert "the limits of tier 1 (100 a second, 5 a minute at the sign-in page)" in text


def test_written_sends_whoever_comes_without_tls_to_the_same_place_with_it() -> None:
    assert f"http://id.example.org {{\n\tredir {ISSUER}{{uri}} 308\n}}" in written(of(APPLICATION))


def test_written_answers_to_no_other_name_at_any_port() -> None:
    text = written(of(APPLICATION))

    assert "http://:80 {\n\trespond 421\n}" in text
    assert "https://:443 {\n\trespond 421\n}" in text


def test_written_asks_before_anything_else_is_done_for_a_guarded_place() -> None:
    files = {"origin": ISSUER, "path": "/notebook/", "root": "/srv/notebook"}

    place = written(of(files)).partition("handle /notebook/* {")[2]

    assert place.split()[:5] == ["route", "{", "invoke", "doorward-asks", "uri"]


def test_written_behind_another_proxy_reads_its_word_from_the_right() -> None:
    text = written(of(gateway={**GATEWAY, "behind": ["203.0.113.0/24", "2001:db8::/32"]}))

    assert "trusted_proxies static 203.0.113.0/24 2001:db8::/32\n\t\ttrusted_proxies_strict\n" in text
    assert "trusted_proxies" not in written(of())


@pytest.mark.parametrize(
    ("listen", "bound"),
    [
        (["10.0.0.5", "fd00::5"], "default_bind tcp4/10.0.0.5 tcp6/[fd00::5]"),
        (["0.0.0.0"], "default_bind tcp4/0.0.0.0"),  # noqa: S104 (for everybody)
    ],
)
def test_written_listens_where_it_is_told(listen: list[str], bound: str) -> None:
    assert bound in written(of(gateway={**GATEWAY, "listen": listen}))
    assert "default_bind" not in written(of())


def test_differs_in_limits_and_where_a_yes_was_to_be_kept() -> None:
    told = [problem.what.partition(":")[0] for problem in caddy.differs(of())]
    asking = [
        problem.what.partition(":")[0] for problem in caddy.differs(of(gateway={**GATEWAY, "verdict_seconds": 0}))
    ]

    assert told == ["Caddy limits nobody", "Caddy keeps no yes of Doorward for 2 s"]
    assert asking == ["Caddy limits nobody"]

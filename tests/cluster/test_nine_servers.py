"""Nine servers run together; people come through the gateway, and one part after another is killed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx2
import pytest
from playwright.sync_api import expect

from tests.browser.people import Person, chromium
from tests.cluster.running import Running, nine_servers
from tests.cluster.users import Phone, Traffic, asking
from tests.processes import PATIENCE, wait_until

GIBIBYTE: Final = 1 << 30
PARTS: Final = {
    *("gateway", "auth server 1", "auth server 2", "resource server", "frontend server"),
    *("file server", "cache", "database", "worker", "monitoring", "alerts"),
}
WATCHED: Final = 5
"""Two auth servers, the file server, the worker, and Prometheus itself."""

REPORT: Final = b"%PDF-1.7\n" + bytes(256 * 1024)
SERVING: Final = ("auth server 1", "auth server 2")


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """Start them as somebody types it, and see that nothing is left. Root's database comes through the folder."""
    with TemporaryDirectory(prefix="dw-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with nine_servers(Path(folder)) as started:
            yield started


@dataclass
class Journey:
    """Two people at one cluster: one with a browser, one with a phone."""

    running: Running
    browser: Person
    phone: Phone

    def write(self, note: str) -> None:
        """Write a note in the browser, and see it there."""
        self.browser.fill(text=note)
        self.browser.page.click("#add")
        self.sees(note)

    def sees(self, note: str) -> None:
        """Load the page anew, which asks the server who is there, and see a note."""
        self.browser.page.reload()
        expect(self.browser.page.locator("#list li").get_by_text(note, exact=True)).to_be_visible()

    def readiness(self, name: str) -> str:
        """Return what a part says of itself."""
        return httpx2.get(f"http://{self.running.parts[name]['address']}/readyz").text

    def watched(self, query: str) -> int:
        """Return how many targets Prometheus finds so."""
        address = self.running.parts["monitoring"]["address"]
        found = httpx2.get(f"{address}/api/v1/query", params={"query": query}).json()["data"]["result"]
        return int(found[0]["value"][1]) if found else 0


def test_nine_servers_carry_people_and_lose_no_more_than_what_was_killed(running: Running) -> None:
    with chromium() as chrome, httpx2.Client(timeout=PATIENCE) as http:
        journey = Journey(running, Person.at(chrome, running.told["page"]), Phone(running.told["issuer"], http))

        arrive_in_a_browser(journey)
        arrive_with_a_phone(journey)
        saw = {name: lose(journey) for name, lose in LOSSES.items()}

        journey.browser.context.close()
    print(json.dumps(saw, indent=2))  # noqa: T201 (what users saw is for people to read)
    assert running.parts.keys() == PARTS
    assert sum(part["memory_bytes"] for part in running.parts.values()) < GIBIBYTE


def arrive_in_a_browser(journey: Journey) -> None:
    """Sign in at the page on the issuer's host, and write a note, which the resource server keeps."""
    person, told = journey.browser, journey.running.told
    person.open(told["page"])
    expect(person.page.locator("#welcome")).to_be_visible()
    person.press("sign-in")
    assert person.page.url.startswith(f"{told['issuer']}/sign-in")
    person.fill(username=told["username"], password=told["password"]).press("sign-in-submit")
    expect(person.page.locator("#desk")).to_be_visible()
    journey.write("water the plants")

    assert person.page.url == told["page"]
    cookies = {cookie["name"]: cookie for cookie in person.context.cookies()}
    assert {name for name, cookie in cookies.items() if not cookie["httpOnly"]} <= {"dw_csrf"}
    assert person.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    assert person.complaints == []  # no page, of ours or of the application, asked for what its policy forbids


def arrive_with_a_phone(journey: Journey) -> None:
    """Register, follow the link of the mail that the worker sent, sign in, and use the next tokens."""
    phone = journey.phone

    assert phone.register("margaret") == 201
    assert phone.verify("margaret") == 200
    assert phone.sign_in("margaret") == 200
    assert (phone.refresh(), phone.me()) == (200, 200)
    told = httpx2.get(f"{phone.issuer}/v1/web/me", headers={"authorization": f"Bearer {phone.tokens['access_token']}"})
    assert told.status_code == 401
    wait_until(lambda: journey.watched("count(up == 1)") == WATCHED)


def lose_auth_server(name: str) -> Callable[[Journey], dict[str, int]]:
    """Return what kills a server while people read and use refresh tokens, and says what they saw."""

    def lose(journey: Journey) -> dict[str, int]:
        with httpx2.Client(timeout=PATIENCE) as http:
            reader = Phone(journey.phone.issuer, http, journey.phone.tokens)
            with asking(reader.me, journey.phone.refresh) as traffic:
                journey.running.kill(name)
                traffic.goes_on()
                journey.sees("water the plants")
        journey.running.start_again(name)

        assert len([seen for seen in traffic.seen if seen != 200]) <= 2, traffic.seen
        assert journey.phone.refresh() == 200
        return shown(traffic)

    return lose


def lose_worker(journey: Journey) -> dict[str, int]:
    """Kill the worker: whoever registers is let in, and the mail comes when there is a worker again, once."""
    phone = journey.phone
    journey.running.kill("worker")
    registered = phone.register("grace-of-code")
    before = len(phone.mails("grace-of-code"))
    journey.running.start_again("worker")

    assert phone.verify("grace-of-code") == 200
    saw = {"registered": registered, "mails before": before, "mails after": len(phone.mails("grace-of-code"))}
    assert saw == {"registered": 201, "mails before": 0, "mails after": 1}
    return saw


def lose_cache(journey: Journey) -> dict[str, int]:
    """Kill the cache: everything goes on, and each server says that it shares nothing."""
    with asking(journey.phone.me, journey.phone.refresh) as traffic:
        journey.running.kill("cache")
        traffic.goes_on()
        journey.sees("water the plants")
        signed_in = Phone(journey.phone.issuer, journey.phone.http).sign_in("margaret")
    wait_until(lambda: all("degraded" in journey.readiness(name) for name in SERVING))
    journey.running.start_again("cache")
    wait_until(lambda: not any("degraded" in journey.readiness(name) for name in SERVING))

    assert signed_in == 200
    assert set(traffic.seen) == {200}, traffic.counted
    return shown(traffic)


def lose_files(journey: Journey) -> dict[str, int]:
    """Kill the file server: its origin says so, and nobody else notices."""
    link = journey.phone.keep(REPORT)
    with asking(journey.phone.me) as traffic:
        journey.running.kill("file server")
        away = httpx2.get(link).status_code
        traffic.goes_on()
    journey.running.start_again("file server")
    wait_until(lambda: httpx2.get(link).status_code != away)
    there = httpx2.get(link)

    assert away == 502
    assert set(traffic.seen) == {200}
    assert (there.status_code, there.content) == (200, REPORT)
    assert there.headers["content-disposition"].startswith("attachment")
    return shown(traffic)


def lose_database(journey: Journey) -> dict[str, int]:
    """Kill the database: who needs it is told to come back, and everybody is still signed in when it is there again."""
    journey.running.kill("database")
    refused = journey.phone.http.post(
        f"{journey.phone.issuer}/v1/auth/refresh_mobile", json={"refresh_token": journey.phone.tokens["refresh_token"]}
    )
    journey.running.start_again("database")
    wait_until(lambda: journey.phone.refresh() == 200)
    journey.sees("water the plants")

    assert (refused.status_code, refused.headers["retry-after"].isdecimal()) == (503, True)
    return {"refused with": refused.status_code}


def lose_monitoring(journey: Journey) -> dict[str, int]:
    """Kill monitoring: nobody notices."""
    with asking(journey.phone.me) as traffic:
        journey.running.kill("monitoring")
        traffic.goes_on()
    journey.running.start_again("monitoring")

    assert set(traffic.seen) == {200}
    return shown(traffic)


def lose_gateway(journey: Journey) -> dict[str, int]:
    """Kill the gateway, with its workers: nobody is answered, and nobody has to sign in when it is there again."""
    with asking(journey.phone.me) as traffic:
        journey.running.kill("gateway")
        wait_until(lambda: "ConnectError" in traffic.seen)
        journey.running.start_again("gateway")
        traffic.goes_on()

    assert set(traffic.seen) <= {200, "ConnectError", "RemoteProtocolError", "ReadError"}, traffic.counted
    assert set(traffic.seen[-10:]) == {200}
    assert journey.phone.refresh() == 200
    journey.sees("water the plants")
    return shown(traffic)


def shown(traffic: Traffic) -> dict[str, int]:
    return {str(seen): count for seen, count in traffic.counted.items()}


LOSSES: Final[dict[str, Callable[[Journey], dict[str, int]]]] = {
    **{name: lose_auth_server(name) for name in SERVING},
    "worker": lose_worker,
    "cache": lose_cache,
    "file server": lose_files,
    "database": lose_database,
    "monitoring": lose_monitoring,
    "gateway": lose_gateway,
}
"""Each part that is killed, in order, and what is looked at."""

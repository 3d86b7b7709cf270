"""The server of limits and news out of reach: it stands still, dies, and comes back empty."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import httpx2

from doorward.assembly.house import open_house
from doorward.core.login.records import UNTRUSTED
from doorward.core.login.rules import FAILURES
from doorward.settings.load import load
from tests.caches import CacheServer, a_cache
from tests.faults.checker.history import History, Refused, read
from tests.faults.conftest import Measure, checked
from tests.faults.machine.post_office import PostOffice, a_post_office
from tests.faults.machine.server import Deployment, Running
from tests.faults.people.by_http import HttpDoor
from tests.faults.people.crowd import Crowd
from tests.faults.people.member import become_a_member
from tests.faults.people.person import Person
from tests.processes import wait_until

_GOES_ON = ("/healthz", "/readyz", "/.well-known/jwks.json")
_SIGN_IN = "/v1/auth/login_mobile"
_FLOOD = 400
_CHANGED = re.compile(r" cache\.(away|back) ")


def test_server_whose_cache_is_away_refuses_nobody_and_comes_back(measure: Measure, tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    with a_post_office(history) as office, a_cache(tmp_path) as cache:
        deployment = a_deployment(tmp_path, cache, office)
        with deployment.running() as server, Crowd(deployment.url, history, office).about() as crowd:
            crowd.wait_for_answers(4)
            with standing_still(cache):
                wait_until(lambda: last_told(deployment) == "away")
                endure(server, crowd, measure.outage_seconds)
            wait_until(lambda: last_told(deployment) == "back")
            cache.kill()
            wait_until(lambda: last_told(deployment) == "away")
            endure(server, crowd, measure.outage_seconds)
            cache.start()
            wait_until(lambda: last_told(deployment) == "back")
            crowd.wait_for_answers(4)
        deployment.drain()
    report = checked(
        [history.path], f"--data-dir={deployment.data_dir}", f"--log={deployment.log}", name="cache away, sqlite"
    )
    history.close()

    assert report.violations == []
    assert not [each for each in read([history.path]).operations if each.outcome == "unknown"]


def test_flood_of_wrong_sign_ins_while_the_cache_is_away_is_held_back(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    with a_post_office(history) as office, a_cache(tmp_path) as cache:
        deployment = a_deployment(tmp_path, cache, office)
        door = HttpDoor(deployment.url)
        person = Person("margaret", door, history)
        with deployment.running(DOORWARD_LIMITS_SCALE="1"):
            become_a_member(person, office)
            with standing_still(cache):
                guesses = Counter(guessed(person, number) for number in range(2 * FAILURES))
                first = flood(deployment)
                right = guessed(person, None)
    door.close()
    history.close()

    assert guesses.total() == guesses["INVALID_CREDENTIALS"]
    assert evaluated(deployment, person) == FAILURES
    assert first < _FLOOD
    assert right == "TOO_MANY_REQUESTS"


def a_deployment(folder: Path, cache: CacheServer, office: PostOffice) -> Deployment:
    (folder / "deployment").mkdir()
    return Deployment(folder / "deployment", {"DOORWARD_CACHE_URL": cache.url, **office.settings})


@contextmanager
def standing_still(cache: CacheServer) -> Iterator[None]:
    """Let a cache accept everything and answer nothing while the block runs."""
    cache.pause()
    try:
        yield
    finally:
        cache.go_on()


def endure(server: Running, crowd: Crowd, seconds: float) -> None:
    """Let an outage last, and see that everything goes on."""
    until = monotonic() + seconds
    while monotonic() < until:
        assert [server.status(path) for path in _GOES_ON] == [200, 200, 200]
        Event().wait(0.2)
    crowd.wait_for_answers(4)


def last_told(deployment: Deployment) -> str:
    """Return what the log says last of the cache: that it is away, or back."""
    found: list[str] = _CHANGED.findall(deployment.log.read_text(encoding="utf-8"))
    return found[-1] if found else "untold"


def guessed(person: Person, number: int | None) -> str:
    """Return the refusal of a wrong password, or of the right one."""
    try:
        person.guess(person.password if number is None else f"wrong {number} {person.password}")
    except Refused as refused:
        return refused.code
    return "let in"


def flood(deployment: Deployment) -> int:
    """Ask for sign-ins without a password until there were too many, and return how many it took."""
    with httpx2.Client(base_url=deployment.url) as client:
        for number in range(_FLOOD):
            answer = client.post(_SIGN_IN, json={"username": "margaret", "password": ""})
            if answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
                return number
    return _FLOOD


def evaluated(deployment: Deployment, person: Person) -> int:
    """Return how many guesses were held against somebody's password."""
    house = open_house(load(deployment.settings, env_file=deployment.folder / "no-such.env"))
    try:
        with house.store.view() as work:
            account = work.accounts.by_login(person.name)
            assert account is not None
            lane = work.attempts.of(account.id).lanes[UNTRUSTED]
    finally:
        house.close()
    return len(lane.failures) + len(lane.reserved)

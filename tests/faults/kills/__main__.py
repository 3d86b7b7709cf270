"""Kills processes at the commit points of a store: `python -m tests.faults.kills --store URL --history FILE`.

Each trial is a process of its own that opens the store, begins an act, and dies at one point; then an honest client
goes on. A first run of each scene counts its points. Prints JSON: the points, and how often each was fatal.
"""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from signal import SIGKILL
from time import monotonic

from tests.faults.checker.history import History, Refused
from tests.faults.kills.points import Points
from tests.faults.kills.scenes import SCENES, Scene, SkewedClock, Stage, a_person
from tests.faults.kills.stores import opened
from tests.faults.people.person import Person

_FORK = get_context("fork")
_TIGHT = 60.0


@dataclass
class Theatre:
    """One store, and the trials on it."""

    url: str
    history: History
    clock: SkewedClock = field(default_factory=SkewedClock)
    labels: dict[str, list[str]] = field(default_factory=dict)
    fatal: Counter[str] = field(default_factory=Counter)
    survived: int = 0
    broken_off: list[str] = field(default_factory=list)
    _people: int = 0

    def count(self) -> None:
        """Play every scene once without a death, and number its points."""
        for scene in SCENES:
            with _channel() as (receive, send):
                self._play(scene, None, send)
                self.labels[scene.name] = receive.recv()

    def kill(self, scene: Scene, number: int) -> None:
        """Play a scene in which the process dies at a point."""
        self._play(scene, number, None)

    def kill_until(self, wanted: int, seed: int) -> Iterator[int]:
        """Kill until so many processes have died, and yield their number after each trial.

        A point that is not reached, as happens now and then, counts for nothing, and has its turn again in the next
        round over all of them.
        Raises: RuntimeError, when nobody died in a whole round.
        """
        done = 0
        while done < wanted:
            before = done
            for scene, number in chosen(self.labels, sum(map(len, self.labels.values())), seed):
                self.kill(scene, number)
                done = self.fatal.total()
                yield done
                if done == wanted:
                    return
            if done == before:
                raise RuntimeError("no point was reached in a whole round")

    def _play(self, scene: Scene, fatal: int | None, send: Connection | None) -> None:
        self._people += 1
        name = f"{scene.name.replace('_', '')}.{self._people}"
        with self._stage() as stage:
            person = a_person(stage, name)
            scene.prepare(stage, person)
        self._settle(scene, fatal, self._die(scene, person, fatal, send))
        if fatal is None:
            return  # nobody died, and all that was wanted are the labels
        with self._stage() as stage:
            person.door = stage.door
            try:
                scene.go_on(stage, person)
            except Refused as refused:
                self.broken_off.append(f"{scene.name} at {fatal}: {refused.code}")

    def _die(self, scene: Scene, person: Person, fatal: int | None, send: Connection | None) -> int | None:
        process = _FORK.Process(target=self._act, args=(scene, person, fatal, send))
        process.start()
        process.join(_TIGHT)
        if process.is_alive():
            process.kill()
            raise TimeoutError(f"{scene.name} {fatal} did not end")
        return process.exitcode

    def _act(self, scene: Scene, person: Person, fatal: int | None, send: Connection | None) -> None:
        points = Points(fatal)
        with self._stage(points) as stage:
            person.door = stage.door
            points.is_armed = True
            scene.act(stage, person)
            points.is_armed = False
        if send is not None:
            send.send(points.labels)

    def _settle(self, scene: Scene, fatal: int | None, status: int | None) -> None:
        if fatal is not None and status == -SIGKILL:
            self.fatal[scene.name] += 1
        elif status == 0:
            self.survived += fatal is not None
        else:
            raise RuntimeError(f"{scene.name} {fatal} ended with {status}")

    @contextmanager
    def _stage(self, points: Points | None = None) -> Iterator[Stage]:
        with opened(self.url, points) as store:
            yield Stage(store, self.history, self.clock, points or Points())


def chosen(labels: dict[str, list[str]], kills: int, seed: int) -> list[tuple[Scene, int]]:
    """Return which points die: from every scene in turn, beginning elsewhere with each seed; all of them in the end."""
    of_scenes = [_rotated(scene, len(labels[scene.name]), seed) for scene in SCENES]
    interleaved = chain.from_iterable(zip_longest(*of_scenes))
    once = [point for point in interleaved if point is not None]
    return list(islice(chain.from_iterable(once for _ in range(kills)), kills))


def _rotated(scene: Scene, count: int, seed: int) -> list[tuple[Scene, int]]:
    """Return the points of a scene in big steps, so that a few of them lie all over it."""
    step = next(step for step in (7, 11, 13, 17, 1) if count % step)
    return [(scene, (seed + number * step) % count + 1) for number in range(count)]


@contextmanager
def _channel() -> Iterator[tuple[Connection, Connection]]:
    receive, send = _FORK.Pipe(duplex=False)
    with receive, send:
        yield receive, send


def main() -> None:
    """Kill."""
    parser = ArgumentParser(prog="kills", description=__doc__)
    parser.add_argument("--store", required=True)
    parser.add_argument("--history", required=True, type=Path)
    parser.add_argument("--kills", type=int, default=30, help="how many at least; 0: every point once")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--progress", action="store_true")
    options = parser.parse_args()
    theatre, began = Theatre(options.store, History(options.history)), monotonic()
    theatre.count()
    every = sum(map(len, theatre.labels.values()))
    wanted = options.kills or every
    for done in theatre.kill_until(wanted, options.seed):
        if options.progress and done % 50 == 0:
            sys.stderr.write(f"\r{done:,} of {wanted:,} kills, {monotonic() - began:.0f} s ")
    document = {
        "seed": options.seed,
        "kills": theatre.fatal.total(),
        "survived": theatre.survived,
        "broken_off": theatre.broken_off,
        "points": {name: len(labels) for name, labels in theatre.labels.items()},
        "fatal": dict(theatre.fatal),
        "labels": theatre.labels,
        "skipped_seconds": theatre.clock.skew.total_seconds(),
        "took_seconds": round(monotonic() - began, 1),
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""Killed at every numbered commit point: nothing acknowledged is lost, nothing is done twice, nobody is logged out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.checker.dump import dump
from tests.faults.checker.history import History
from tests.faults.conftest import Measure, checked
from tests.faults.kills.__main__ import Theatre, chosen
from tests.faults.kills.scenes import SCENES, Scene
from tests.processes import PROJECT

STORES = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgres),
    pytest.param("mongodb", marks=pytest.mark.mongodb),
]
MUST_CHECK = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10")


@pytest.mark.parametrize("store", STORES)
def test_kills_at_commit_points_violate_no_invariant(
    request: pytest.FixtureRequest, store: str, measure: Measure, seed: int, tmp_path: Path
) -> None:
    url, history = request.getfixturevalue(f"{store}_url"), tmp_path / "history.jsonl"
    killing = ["--store", url, "--history", str(history), "--kills", str(measure.kills), "--seed", str(seed)]
    disk = tmp_path if store == "sqlite" else tmp_path / "dump"

    process = subprocess.run(
        [sys.executable, "-m", "tests.faults.kills", *killing],
        cwd=PROJECT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    told = json.loads(process.stdout)
    if store != "sqlite":
        dump(url, disk)
    disks = [str(path) for path in (disk.glob("doorward.sqlite3*") if store == "sqlite" else [disk])]
    report = checked([history], "--store", url, *(f"--disk={path}" for path in disks), name=f"kills at points, {store}")

    assert report.violations == []
    assert told["broken_off"] == []
    assert told["kills"] == measure.kills
    assert all(told["fatal"][scene.name] for scene in SCENES)
    assert all(report.findings[number].checked for number in MUST_CHECK)


@pytest.mark.parametrize("seed_of_run", range(12))
def test_chosen_points_are_spread_over_every_scene_and_repeat_none_before_all_had_their_turn(seed_of_run: int) -> None:
    labels = {scene.name: ["x"] * (5 + 7 * number) for number, scene in enumerate(SCENES)}
    every = sum(map(len, labels.values()))

    few, all_of_them = chosen(labels, 30, seed_of_run), chosen(labels, every + 10, seed_of_run)

    assert {scene.name for scene, _ in few} == set(labels)
    assert len({(scene.name, number) for scene, number in all_of_them[:every]}) == every
    assert all(1 <= number <= len(labels[scene.name]) for scene, number in all_of_them)
    assert all_of_them[every:] == all_of_them[:10]


class Elusive(Theatre):
    """A theatre in which only the first points are reached."""

    reachable = 5

    def kill(self, scene: Scene, number: int) -> None:
        self.fatal[scene.name] += number <= self.reachable


def test_kills_go_on_until_the_asked_number_has_died_whatever_points_are_not_reached(tmp_path: Path) -> None:
    theatre = Elusive("", History(tmp_path / "history"), labels={scene.name: ["x"] * 20 for scene in SCENES})

    done = list(theatre.kill_until(1_000, seed=7))

    assert (done[-1], theatre.fatal.total()) == (1_000, 1_000)
    theatre.history.close()


def test_kills_end_when_no_point_is_reached_any_more(tmp_path: Path) -> None:
    theatre = Elusive("", History(tmp_path / "history"), labels={scene.name: ["x"] * 20 for scene in SCENES})
    theatre.reachable = 0

    with pytest.raises(RuntimeError, match="no point was reached"):
        list(theatre.kill_until(1, seed=7))

    theatre.history.close()

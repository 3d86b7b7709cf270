"""The whole server is killed at random moments while honest clients use it, and comes back on the same store."""

from pathlib import Path
from threading import Event

import pytest

from doorward.core.kernel.secrets import random_bytes
from tests.faults.checker.history import History, read
from tests.faults.conftest import Measure, checked
from tests.faults.machine.post_office import a_post_office
from tests.faults.machine.server import Deployment
from tests.faults.people.crowd import Crowd
from tests.faults.test_kills import STORES

_ANSWERS_BETWEEN = 15


@pytest.mark.parametrize(
    "store", [*STORES[:-1], pytest.param("mongodb", marks=[pytest.mark.mongodb, pytest.mark.long])]
)
def test_server_killed_under_traffic_violates_no_invariant(
    request: pytest.FixtureRequest, store: str, measure: Measure, tmp_path: Path
) -> None:
    history = History(tmp_path / "history.jsonl")
    url = request.getfixturevalue(f"{store}_url")
    (tmp_path / "deployment").mkdir()

    with a_post_office(history) as office:
        deployment = Deployment(tmp_path / "deployment", {"DOORWARD_STORE_URL": url, **office.settings})
        server = deployment.start()
        with Crowd(deployment.url, history, office).about() as crowd:
            for _ in range(measure.server_kills):
                crowd.wait_for_answers(_ANSWERS_BETWEEN)
                Event().wait(random_bytes(1)[0] / 1000)
                server.kill()
                server = deployment.start()
            crowd.wait_for_answers(_ANSWERS_BETWEEN)
        server.stop()
        deployment.drain()
    disk = [f"--disk={path}" for path in tmp_path.glob("doorward.sqlite3*")]
    report = checked(
        [history.path],
        f"--store={url}",
        f"--data-dir={deployment.data_dir}",
        f"--log={deployment.log}",
        *disk,
        name=f"server killed, {store}",
    )
    history.close()

    told = read([history.path])
    assert report.violations == []
    assert sum(operation.is_done for operation in told.of("refresh")) > _ANSWERS_BETWEEN // 2
    assert all(report.findings[number].checked for number in ("I1", "I2", "I3", "I5", "I6", "I7", "I8", "I9"))

"""A mail server that is down, and one that accepts a mail and does not say so."""

from pathlib import Path

from tests.faults.checker.history import History
from tests.faults.conftest import Measure, checked
from tests.faults.machine.post_office import PostOffice
from tests.faults.machine.server import Deployment
from tests.faults.people.by_http import HttpDoor
from tests.faults.people.person import Person
from tests.processes import wait_until


def test_mail_server_down_loses_no_mail_and_doubles_none_beyond_its_key(measure: Measure, tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    (tmp_path / "deployment").mkdir()
    office = PostOffice(history)
    deployment = Deployment(tmp_path / "deployment", office.settings)
    door = HttpDoor(deployment.url)
    people = [Person(f"person.{number}", door, history) for number in range(4 if measure.step > 1 else 40)]

    with deployment.running():
        for person in people:
            person.register()
        wait_until(lambda: "job.failed" in deployment.log.read_text(encoding="utf-8"))
    office.is_forgetful = True
    office.open()
    deployment.drain()
    accepted_silently = len(office.mails)
    office.is_forgetful = False
    deployment.drain()
    with deployment.running():
        for person in people:
            person.verify(office.to(person.email)[-1].token)
            person.sign_in()
    office.close()
    door.close()
    report = checked(
        [history.path], f"--data-dir={deployment.data_dir}", f"--log={deployment.log}", name="mail server down"
    )
    history.close()

    assert report.violations == []
    assert accepted_silently >= len(people)
    assert all(len({mail.mail_id for mail in office.to(person.email)}) == 1 for person in people)

"""Somebody who has an account, by the letter that came."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.faults.checker.history import History
from tests.faults.machine.post_office import PostOffice
from tests.faults.people.by_http import HttpDoor
from tests.faults.people.person import Person


def become_a_member(person: Person, office: PostOffice) -> None:
    """Register somebody, and show what the letter says."""
    person.register()
    mail = office.wait_for(person.email)
    assert mail is not None
    person.verify(mail.token)


@contextmanager
def a_member(url: str, history: History, office: PostOffice) -> Iterator[Person]:
    """Yield somebody who is signed in at a server."""
    with closing(HttpDoor(url)) as door:
        person = Person("margaret", door, history)
        become_a_member(person, office)
        person.sign_in()
        yield person

"""A person types the code that a device shows.

Source: RFC 8628 sections 3.3 and 5.1.
"""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import TooMany
from doorward.core.kernel.work import OpensWork
from doorward.core.limits.ports import RateCounters
from doorward.core.limits.records import limit
from doorward.core.oauth.device.errors import UserCodeRefused
from doorward.core.oauth.device.find_waiting import FindWaiting, Person
from doorward.core.oauth.device.rules import user_code
from doorward.core.oauth.device.tickets import Tickets
from doorward.core.onetime.ports import HasOneTimes

_LIMIT: Final = limit("user_code")


@dataclass(frozen=True, slots=True)
class EnterCode:
    """Take a code that somebody typed, and write down that it is theirs.

    Every try counts before it is looked at, right or wrong, so that those made at once cannot pass the limit together:
    against the account, and against the browser, in which there may be several.
    """

    work: OpensWork[HasOneTimes]
    waiting: FindWaiting
    tickets: Tickets
    counters: RateCounters
    clock: Clock

    def __call__(self, presented: str, person: Person) -> str:
        """Return what shows, on the next page, that a right code was typed by this person in this browser.

        Raises: UserCodeRefused, TooMany, Unavailable.
        """
        code, account_id = user_code.normalise(presented), person.session.profile.id
        if not user_code.is_whole(code):
            raise UserCodeRefused
        self._count(person)
        waiting = self.waiting(code)
        if waiting is None or not waiting.typed.is_open_to(account_id, person.browser):
            raise UserCodeRefused
        with self.work() as work:
            is_taken = self.waiting.user_codes.take_up(
                work, waiting.typed, account_id, browser=person.browser, now=self.clock.now()
            )
        if not is_taken:
            raise UserCodeRefused
        return self.tickets.seen(code, account_id, browser=person.browser)

    def _count(self, person: Person) -> None:
        for key in (f"account {person.session.profile.id}", f"browser {person.browser.hex()}"):
            allowance = self.counters.hit(_LIMIT, key)
            if not allowance.admitted:
                raise TooMany(allowance.reset_after)

import pytest

from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.secrets import Envelopes
from doorward.core.oauth.device.tickets import Return, Tickets
from tests.devices import BROWSER, OTHER_BROWSER

TICKETS = Tickets(Envelopes(b"a key"))
MARGARET, GRACE = AccountId("m" * 26), AccountId("g" * 26)
CODE = "WDJBMJHT"


@pytest.mark.parametrize("code", [CODE, "", "WD"])
@pytest.mark.parametrize("unwanted", [None, MARGARET])
def test_come_back_says_what_it_was_made_with(code: str, unwanted: AccountId | None) -> None:
    ticket = TICKETS.come_back(code, browser=BROWSER, unwanted=unwanted)

    assert TICKETS.is_return(ticket)
    assert TICKETS.read_return(ticket, browser=BROWSER) == Return(code, unwanted)


def test_come_back_in_another_browser_leads_nowhere() -> None:
    assert TICKETS.read_return(TICKETS.come_back(CODE, browser=BROWSER), browser=OTHER_BROWSER) is None


def test_seen_shows_the_code_to_its_person_in_its_browser_alone() -> None:  # class 10
    ticket = TICKETS.seen(CODE, MARGARET, browser=BROWSER)

    assert TICKETS.read_seen(ticket, MARGARET, browser=BROWSER) == CODE
    assert TICKETS.read_seen(ticket, GRACE, browser=BROWSER) is None
    assert TICKETS.read_seen(ticket, MARGARET, browser=OTHER_BROWSER) is None


def test_neither_is_taken_for_the_other() -> None:
    back = TICKETS.come_back(CODE, browser=BROWSER, unwanted=MARGARET)
    seen = TICKETS.seen(CODE, MARGARET, browser=BROWSER)

    assert TICKETS.read_seen(back, MARGARET, browser=BROWSER) is None
    assert TICKETS.read_return(seen, browser=BROWSER) is None
    assert not TICKETS.is_return(seen)


@pytest.mark.parametrize("change", ["shorter", "longer", "another kind", "made up"])
def test_forged_is_nothing(change: str) -> None:
    ticket = TICKETS.seen(CODE, MARGARET, browser=BROWSER)
    forged = {
        "shorter": ticket[:-1],
        "longer": ticket + "a",
        "another kind": ticket.replace("dwu1", "dwb1"),
        "made up": "dwu1_wdjbmjht_x_y_z",
    }[change]

    assert TICKETS.read_seen(forged, MARGARET, browser=BROWSER) is None
    assert TICKETS.read_return(forged, browser=BROWSER) is None

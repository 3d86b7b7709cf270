"""What is seen of a process, in words and in numbers."""

import json
from math import inf

import pytest

from doorward.cli.looking.look import Look
from doorward.cli.looking.show import document, shown
from doorward.core.operating.figures import Counted, Figures, Spread
from doorward.settings.problems import Problem

URL = "http://127.0.0.1:8000"
COUNTED = Counted(
    logins={"accepted": 30.0, "refused": 6.0},
    rotations={"web": 60.0},
    reuses={"code": 1.0},
    locks={"suspended": 2.0, "unlocked": 0.0},
    answers=Spread((0.1, inf), (50.0, 60.0)),
)
FIGURES = Figures(
    taken_at=120.0,
    since=60.0,
    version="1.0",
    counted=COUNTED,
    queue={"ready": 3.0},
    queue_oldest_age=5400.0,
    last_success_ages={"rotate_keys": inf},
    last_look_age=2.0,
)


def test_shown_says_rates_a_minute_and_ages_in_units_that_suit_them() -> None:
    lines = shown(Look(URL, is_ready=True, figures=FIGURES))

    assert lines["process"] == f"{URL}: ready, release 1.0"
    assert lines["sign-ins"] == "30.0/min, refused 6.0/min, limited 0.0/min, failed 0.0/min"
    assert lines["sessions"] == "60.0/min refreshed, 1 reused"
    assert lines["locks"] == "2 suspended, 0 unlocked"
    assert lines["queue"] == "3 ready; oldest due for 1.5 h"
    assert lines["worker"] == "looked 2 s ago"
    assert lines["schedule"] == "rotate_keys not of late"
    assert lines["answers"] == "60.0/min, half within 60.0 ms, 99 of 100 within 100.0 ms, 0 failed"


def test_shown_of_a_store_that_is_away_does_not_say_that_nothing_waits() -> None:
    lines = shown(Look(URL, is_ready=False, figures=Figures(1.0, Counted(), is_store_up=False)))

    assert "NOT READY" in f"{lines['process']}"
    assert f"{lines['store']}".startswith("AWAY")
    assert lines["queue"] == "unknown while the store is away"


@pytest.mark.parametrize("figures", [FIGURES, None], ids=["seen", "unseen"])
def test_document_is_json_without_anything_infinite(figures: Figures | None) -> None:
    told = json.dumps(document(Look(URL, figures=figures)), allow_nan=False)

    assert json.loads(told)["url"] == URL


def test_document_of_what_cannot_be_seen_says_what_is_wrong() -> None:
    told = document(Look(URL, problem=Problem("Nothing answers.", "It is off.", "Start it.")))

    assert told["problem"] == {"what": "Nothing answers.", "why": "It is off.", "remedy": "Start it."}
    assert not told["is_well"]

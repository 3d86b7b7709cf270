"""Whether a program may work on a store."""

import pytest

from doorward.core.operating.records import Schema
from doorward.core.operating.rules import Fitness, judge


@pytest.mark.parametrize(
    ("revision", "serves_since", "fitness"),
    [
        pytest.param("", "", Fitness.OLDER, id="nothing yet"),
        pytest.param("0001", "0001", Fitness.OLDER, id="older"),
        pytest.param("0002", "0001", Fitness.FITS, id="the same"),
        pytest.param("0003", "0001", Fitness.FITS, id="newer, serves older ones too"),
        pytest.param("0003", "0002", Fitness.FITS, id="newer, serves just us"),
        pytest.param("0004", "0003", Fitness.TOO_NEW, id="newer, serves us no longer"),
    ],
)
def test_judge(revision: str, serves_since: str, fitness: Fitness) -> None:
    assert judge(Schema(revision, serves_since, "0002")) is fitness


def test_judge_unfinished_copy_is_nobodys_to_work_on() -> None:
    assert judge(Schema("0002", "0001", "0002", copy="{}")) is Fitness.UNFINISHED


def test_judge_unfinished_copy_of_a_newer_program_is_too_new_first() -> None:
    assert judge(Schema("0004", "0003", "0002", copy="{}")) is Fitness.TOO_NEW

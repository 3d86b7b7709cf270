"""What is kept of a run of the quick benches, and what is said of a later one."""

from pathlib import Path

import pytest

from benchmarks.quick.kept import PLACE, Kept, Verdict, judge, read


@pytest.mark.parametrize(
    ("ratio", "kept", "verdict"),
    [
        (2.21, 2.0, Verdict.SLOWER),
        (2.19, 2.0, Verdict.SAME),
        (2.0, 2.0, Verdict.SAME),
        (1.83, 2.0, Verdict.SAME),
        (1.80, 2.0, Verdict.FASTER),
        (2.0, None, Verdict.NEW),
    ],
)
def test_judge_only_more_than_a_tenth_is_a_change(ratio: float, kept: float | None, verdict: Verdict) -> None:
    assert judge(ratio, kept, margin=0.0) is verdict


@pytest.mark.parametrize(("ratio", "verdict"), [(2.3, Verdict.UNCERTAIN), (2.6, Verdict.SLOWER), (1.75, Verdict.SAME)])
def test_judge_what_may_be_noise_accuses_and_praises_nobody(ratio: float, verdict: Verdict) -> None:
    assert judge(ratio, 2.0, margin=0.1) is verdict


def test_kept_reads_back_as_it_was_written(tmp_path: Path) -> None:
    kept = Kept("2026-11-26", "2 cores", {"refresh": 7.125, "key set": 1.5})
    (tmp_path / "kept.json").write_text(kept.text(), encoding="utf-8")

    assert read(tmp_path / "kept.json") == kept


def test_read_where_nothing_is_kept_is_none(tmp_path: Path) -> None:
    assert read(tmp_path / "kept.json") is None


def test_what_the_repository_keeps_can_be_read_and_names_its_machine() -> None:
    kept = read(PLACE)

    assert kept is not None
    assert kept.machine
    assert min(kept.ratios.values()) > 0

"""A run as Markdown, in the pages that show it: whatever stands between two marks there is written anew."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.peers.results.run import Beside, Described, KeptRun, Line
from benchmarks.peers.results.table import FIGURES, OURS, by_operation, figures, is_ours, standing, titles_of
from benchmarks.report import number

_ROOT: Final = Path(__file__).absolute().parents[3]
_PAGES: Final[Mapping[str, Path]] = {
    "peers, in short": _ROOT / "README.md",
    "peers, in full": _ROOT / "docs" / "explanation" / "performance.md",
}


def write_pages(run: KeptRun) -> None:
    """Write the tables into README and docs."""
    made = {"peers, in short": short(run), "peers, in full": full(run)}
    for name, page in _PAGES.items():
        page.write_text(put_in(page.read_text(encoding="utf-8"), name, made[name]), encoding="utf-8")


def put_in(page: str, name: str, text: str) -> str:
    """Return a page with what stands between the marks of this name replaced.

    Raises: ValueError, when the page has no such marks.
    """
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"there is no {begin} with its {end}")
    return f"{before}{begin}\n\n{text}\n{end}{after}"


def short(run: KeptRun) -> str:
    """Return one row an operation and one column a peer: how many times the processor time of a raw ASGI answer."""
    shown = [peer for peer in run.peers if peer.name == OURS or not is_ours(peer.name)]
    rows: list[Sequence[str]] = []
    behind: list[str] = []
    titles = titles_of(run)
    for what, lines in by_operation(run):
        costs = {line.peer: line.cost.median for line in lines}
        least = min((costs[peer.name] for peer in shown if peer.name in costs), default=0.0)
        rows.append((what, *(_cell(costs.get(peer.name), least) for peer in shown)))
        found = standing(lines)
        if found is not None and not found.is_first:
            behind.append(f"- {what}: {found.said(titles)}.\n")
    drawn = _table(("", *(peer.title for peer in shown)), rows)
    return f"{_said_of(run)}\n{drawn}" + ("\n" if behind else "") + "".join(behind)


def full(run: KeptRun) -> str:
    """Return every figure, what was measured beside requests, what each peer is, and what is missing."""
    titles = titles_of(run)
    figured = [row for what, lines in by_operation(run) for row in _rows(what, lines, titles)]
    missing = [(titles.get(gap.peer, gap.peer), gap.what, gap.reason) for gap in run.gaps]
    parts = [
        _said_of(run),
        _table(FIGURES, figured),
        _table(("", *(peer.title for peer in run.peers)), _beside(run)),
        _table(("peer", "language", "versions", "store", "passwords"), map(_described, run.peers)),
        "".join(_less(run.peers)),
    ]
    if missing:
        parts.append(_table(("peer", "not measured", "why"), missing))
    return "\n".join(parts)


def _said_of(run: KeptRun) -> str:
    return f"{run.at}; {run.machine}; {run.rounds} rounds of {run.seconds:g} s.\n"


def _rows(what: str, lines: Sequence[Line], titles: Mapping[str, str]) -> Iterator[Sequence[str]]:
    found = standing(lines)
    yield (f"**{what}**", "" if found is None else found.said(titles), *[""] * 5)
    for line in lines:
        yield ("", titles[line.peer], *figures(line))


def _beside(run: KeptRun) -> Iterator[Sequence[str]]:
    """Yield a row for each measure, with a cell for each peer."""
    of_measure: dict[str, dict[str, Beside]] = {}
    for one in run.beside:
        of_measure.setdefault(one.measure, {})[one.peer] = one
    for measure, by_peer in of_measure.items():
        unit = next(iter(by_peer.values())).unit
        cells = (str(by_peer[peer.name].spread) if peer.name in by_peer else "" for peer in run.peers)
        yield (f"{measure}, {unit}", *cells)


def _described(peer: Described) -> Sequence[str]:
    versions = ", ".join(f"{name} {version}" for name, version in peer.versions.items())
    return (peer.title, peer.language, versions, peer.store, peer.password_hash)


def _less(peers: Sequence[Described]) -> Iterator[str]:
    for peer in peers:
        for operation, said in peer.less.items():
            yield f"- {peer.title}, {operation}: {said}\n"


def _cell(cost: float | None, least: float) -> str:
    if cost is None:
        return "-"
    return f"**{number(cost)}**" if cost == least else number(cost)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in line)} |\n" for line in lines
    )

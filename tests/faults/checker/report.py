"""What a checker says: a table for people, JSON for programs."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tests.faults.checker.evidence import Evidence
from tests.faults.checker.invariants import INVARIANTS, Finding

_SHOWN = 5


@dataclass(frozen=True)
class Report:
    """The findings, by the number of the invariant."""

    findings: Mapping[str, Finding]

    @property
    def violations(self) -> list[str]:
        """Everything that is wrong."""
        return [f"{number} {what}" for number, finding in self.findings.items() for what in finding.violations]

    def table(self) -> str:
        """Return a line an invariant, and what is wrong below."""
        rows = [f"{'':4} {'invariant':34} {'checked':>9} {'violated':>9}"]
        rows += [
            f"{number:4} {sentence:34} {self.findings[number].checked:9,} {len(self.findings[number].violations):9,}"
            for number, sentence, _ in INVARIANTS
        ]
        shown = [what for finding in self.findings.values() for what in finding.violations[:_SHOWN]]
        return "\n".join([*rows, *(f"     violated: {what}" for what in shown)])

    def document(self) -> str:
        """Return the counts as JSON."""
        counts = {
            number: {"checked": finding.checked, "violated": len(finding.violations), "violations": finding.violations}
            for number, finding in self.findings.items()
        }
        return json.dumps({"invariants": counts}, indent=2)


def check(evidence: Evidence, *, untold: Collection[str] = ()) -> Report:
    """Check every invariant but those that nobody can tell, of which nothing counts as checked."""
    found = {number: invariant for number, _, invariant in INVARIANTS if number not in untold}
    return Report({number: found[number](evidence) if number in found else Finding() for number, _, _ in INVARIANTS})


def merged(reports: Sequence[Report]) -> Report:
    """Return the sums of several reports."""
    return Report(
        {
            number: Finding(
                sum(report.findings[number].checked for report in reports),
                [what for report in reports for what in report.findings[number].violations],
            )
            for number, _, _ in INVARIANTS
        }
    )


def read(document: str) -> Report:
    """Return the report that a document holds."""
    counts = json.loads(document)["invariants"]
    return Report({number: Finding(each["checked"], each["violations"]) for number, each in counts.items()})

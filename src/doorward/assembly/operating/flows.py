"""The flows of operators, made."""

from typing import Protocol

from doorward.core.flows import OperatorFlows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView
from doorward.core.operating.admit_operator import AdmitOperator
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.tokens import PageTokens


class OperatorView(HasSessions, Protocol):
    """What these flows read."""


class OperatorAdapters(Protocol):
    """What the flows need of the outside."""

    @property
    def view(self) -> OpensView[OperatorView]:
        """Opens what is read."""

    @property
    def clock(self) -> Clock:
        """The clock."""


def operator_flows(adapters: OperatorAdapters, pages: PageTokens) -> OperatorFlows:
    """Return the flows of what operators see and do."""
    view, clock = adapters.view, adapters.clock
    return OperatorFlows(admit=AdmitOperator(pages, view, clock))

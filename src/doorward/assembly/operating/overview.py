"""What those who operate look at becomes flows."""

from typing import Protocol

from doorward.core.accounts.ports import HasAccounts
from doorward.core.audit.export_log import ExportLog
from doorward.core.audit.look_up_address import LookUpAddress
from doorward.core.audit.ports import HasAddressKeys, HasAuditLog
from doorward.core.audit.search_log import SearchLog
from doorward.core.flows import OverviewFlows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.list_keys import ListKeys
from doorward.core.keys.ports import HasSigningKeys
from doorward.core.login.ports import HasAttempts
from doorward.core.operating.jobs import ListTasks
from doorward.core.operating.overview.locks import ListLocks
from doorward.core.operating.overview.name_accounts import NameAccounts
from doorward.core.outbox.ports import HasOutbox
from doorward.worker.jobs import EVERY


class OverviewWork(HasAccounts, HasAttempts, HasOutbox, HasAuditLog, HasAddressKeys, HasSigningKeys, Protocol):
    """What is looked at."""


def overview_flows(
    work: OpensWork[OverviewWork], view: OpensView[OverviewWork], clock: Clock, sealer: Sealer
) -> OverviewFlows:
    """Return the flows of what operators look at."""
    return OverviewFlows(
        search_log=SearchLog(view),
        export_log=ExportLog(view),
        look_up_address=LookUpAddress(work, sealer, clock),
        list_keys=ListKeys(view, clock),
        list_locks=ListLocks(view, clock),
        list_tasks=ListTasks(view, EVERY),
        name_accounts=NameAccounts(view),
    )

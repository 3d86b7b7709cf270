"""Recording an event."""

from datetime import datetime

from doorward.core.audit.ports import AuditLog
from doorward.core.audit.records import Event
from doorward.core.audit.rules import link


def record(log: AuditLog, event: Event, at: datetime) -> None:
    """Append `event` to the chain. Call it last in a unit of work: until that ends, nobody else can append."""
    log.append(link(log.head(), event, at))

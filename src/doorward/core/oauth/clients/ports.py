"""What looking after clients asks of the outside."""

from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.oauth.ports import HasClients, HasConsents, HasGrants
from doorward.core.sessions.ports import HasSessions


class ClientsWork(HasClients, HasGrants, HasConsents, HasSessions, HasAuditLog, Protocol):
    """What looking after clients writes."""

"""What a unit of work and a view reach."""

from dataclasses import dataclass

from doorward.adapters.memory.access import MemoryRoles
from doorward.adapters.memory.accounts import MemoryAccounts, MemoryClaims
from doorward.adapters.memory.audit import MemoryAddressKeys, MemoryAuditLog
from doorward.adapters.memory.credentials import MemoryPasswords
from doorward.adapters.memory.federation.identities import MemoryIdentities
from doorward.adapters.memory.files.files import MemoryFiles
from doorward.adapters.memory.files.uploads import MemoryQuotas, MemoryUploads
from doorward.adapters.memory.keys import MemorySigningKeys
from doorward.adapters.memory.login import MemoryAttempts, MemoryDevices
from doorward.adapters.memory.oauth.clients import MemoryClients
from doorward.adapters.memory.oauth.consents import MemoryConsents
from doorward.adapters.memory.oauth.grants import MemoryGrants
from doorward.adapters.memory.onetime import MemoryOneTimes
from doorward.adapters.memory.outbox import MemoryOutbox
from doorward.adapters.memory.sessions import MemorySessions
from doorward.adapters.memory.tables import Access
from doorward.core.access.ports import HasRoles
from doorward.core.accounts.ports import HasAccounts, HasClaims
from doorward.core.audit.ports import HasAddressKeys, HasAuditLog
from doorward.core.credentials.ports import HasPasswords
from doorward.core.federation.ports import HasIdentities
from doorward.core.files.ports import HasFiles
from doorward.core.keys.ports import HasSigningKeys
from doorward.core.login.ports import HasAttempts, HasDevices
from doorward.core.oauth.ports import HasClients, HasConsents, HasGrants
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.outbox.ports import HasOutbox
from doorward.core.sessions.ports import HasSessions


@dataclass(frozen=True, slots=True)
class MemoryWork(
    HasAccounts,
    HasClaims,
    HasPasswords,
    HasRoles,
    HasSessions,
    HasDevices,
    HasAttempts,
    HasOneTimes,
    HasOutbox,
    HasAuditLog,
    HasAddressKeys,
    HasSigningKeys,
    HasClients,
    HasGrants,
    HasConsents,
    HasIdentities,
    HasFiles,
):
    """Everything that the store keeps."""

    access: Access

    @property
    def accounts(self) -> MemoryAccounts:
        return MemoryAccounts(self.access)

    @property
    def claims(self) -> MemoryClaims:
        return MemoryClaims(self.access)

    @property
    def passwords(self) -> MemoryPasswords:
        return MemoryPasswords(self.access)

    @property
    def roles(self) -> MemoryRoles:
        return MemoryRoles(self.access)

    @property
    def sessions(self) -> MemorySessions:
        return MemorySessions(self.access)

    @property
    def devices(self) -> MemoryDevices:
        return MemoryDevices(self.access)

    @property
    def attempts(self) -> MemoryAttempts:
        return MemoryAttempts(self.access)

    @property
    def onetimes(self) -> MemoryOneTimes:
        return MemoryOneTimes(self.access)

    @property
    def outbox(self) -> MemoryOutbox:
        return MemoryOutbox(self.access)

    @property
    def audit(self) -> MemoryAuditLog:
        return MemoryAuditLog(self.access)

    @property
    def address_keys(self) -> MemoryAddressKeys:
        return MemoryAddressKeys(self.access)

    @property
    def signing_keys(self) -> MemorySigningKeys:
        return MemorySigningKeys(self.access)

    @property
    def clients(self) -> MemoryClients:
        return MemoryClients(self.access)

    @property
    def grants(self) -> MemoryGrants:
        return MemoryGrants(self.access)

    @property
    def consents(self) -> MemoryConsents:
        return MemoryConsents(self.access)

    @property
    def identities(self) -> MemoryIdentities:
        return MemoryIdentities(self.access)

    @property
    def files(self) -> MemoryFiles:
        return MemoryFiles(self.access)

    @property
    def uploads(self) -> MemoryUploads:
        return MemoryUploads(self.access)

    @property
    def quotas(self) -> MemoryQuotas:
        return MemoryQuotas(self.access)

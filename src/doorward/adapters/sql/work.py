"""What a unit of work and a view reach."""

from dataclasses import dataclass

from doorward.adapters.sql.access import SqlRoles
from doorward.adapters.sql.accounts import SqlAccounts, SqlClaims
from doorward.adapters.sql.audit import SqlAddressKeys, SqlAuditLog
from doorward.adapters.sql.credentials import SqlPasswords
from doorward.adapters.sql.engine.connection import Connection
from doorward.adapters.sql.federation.identities import SqlIdentities
from doorward.adapters.sql.files.files import SqlFiles
from doorward.adapters.sql.files.uploads import SqlQuotas, SqlUploads
from doorward.adapters.sql.keys import SqlSigningKeys
from doorward.adapters.sql.login import SqlAttempts, SqlDevices
from doorward.adapters.sql.oauth.clients import SqlClients
from doorward.adapters.sql.oauth.consents import SqlConsents
from doorward.adapters.sql.oauth.grants import SqlGrants
from doorward.adapters.sql.onetime import SqlOneTimes
from doorward.adapters.sql.outbox import SqlOutbox
from doorward.adapters.sql.sessions.sessions import SqlSessions
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
class SqlWork(
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
    """Everything that the store keeps, on one connection."""

    connection: Connection

    @property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self.connection)

    @property
    def claims(self) -> SqlClaims:
        return SqlClaims(self.connection)

    @property
    def passwords(self) -> SqlPasswords:
        return SqlPasswords(self.connection)

    @property
    def roles(self) -> SqlRoles:
        return SqlRoles(self.connection)

    @property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self.connection)

    @property
    def devices(self) -> SqlDevices:
        return SqlDevices(self.connection)

    @property
    def attempts(self) -> SqlAttempts:
        return SqlAttempts(self.connection)

    @property
    def onetimes(self) -> SqlOneTimes:
        return SqlOneTimes(self.connection)

    @property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self.connection)

    @property
    def audit(self) -> SqlAuditLog:
        return SqlAuditLog(self.connection)

    @property
    def address_keys(self) -> SqlAddressKeys:
        return SqlAddressKeys(self.connection)

    @property
    def signing_keys(self) -> SqlSigningKeys:
        return SqlSigningKeys(self.connection)

    @property
    def clients(self) -> SqlClients:
        return SqlClients(self.connection)

    @property
    def grants(self) -> SqlGrants:
        return SqlGrants(self.connection)

    @property
    def consents(self) -> SqlConsents:
        return SqlConsents(self.connection)

    @property
    def identities(self) -> SqlIdentities:
        return SqlIdentities(self.connection)

    @property
    def files(self) -> SqlFiles:
        return SqlFiles(self.connection)

    @property
    def uploads(self) -> SqlUploads:
        return SqlUploads(self.connection)

    @property
    def quotas(self) -> SqlQuotas:
        return SqlQuotas(self.connection)

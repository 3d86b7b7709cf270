"""What a unit of work and a view reach."""

from dataclasses import dataclass

from doorward.adapters.mongo.access import MongoRoles
from doorward.adapters.mongo.accounts import MongoAccounts, MongoClaims
from doorward.adapters.mongo.audit import MongoAddressKeys, MongoAuditLog
from doorward.adapters.mongo.credentials import MongoPasswords
from doorward.adapters.mongo.engine.connection import Connection
from doorward.adapters.mongo.federation.identities import MongoIdentities
from doorward.adapters.mongo.files.files import MongoFiles
from doorward.adapters.mongo.files.uploads import MongoQuotas, MongoUploads
from doorward.adapters.mongo.keys import MongoSigningKeys
from doorward.adapters.mongo.login import MongoAttempts, MongoDevices
from doorward.adapters.mongo.oauth.clients import MongoClients
from doorward.adapters.mongo.oauth.consents import MongoConsents
from doorward.adapters.mongo.oauth.grants import MongoGrants
from doorward.adapters.mongo.onetime import MongoOneTimes
from doorward.adapters.mongo.outbox import MongoOutbox
from doorward.adapters.mongo.sessions import MongoSessions
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
class MongoWork(
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

    connection: Connection

    @property
    def accounts(self) -> MongoAccounts:
        return MongoAccounts(self.connection)

    @property
    def claims(self) -> MongoClaims:
        return MongoClaims(self.connection)

    @property
    def passwords(self) -> MongoPasswords:
        return MongoPasswords(self.connection)

    @property
    def roles(self) -> MongoRoles:
        return MongoRoles(self.connection)

    @property
    def sessions(self) -> MongoSessions:
        return MongoSessions(self.connection)

    @property
    def devices(self) -> MongoDevices:
        return MongoDevices(self.connection)

    @property
    def attempts(self) -> MongoAttempts:
        return MongoAttempts(self.connection)

    @property
    def onetimes(self) -> MongoOneTimes:
        return MongoOneTimes(self.connection)

    @property
    def outbox(self) -> MongoOutbox:
        return MongoOutbox(self.connection)

    @property
    def audit(self) -> MongoAuditLog:
        return MongoAuditLog(self.connection)

    @property
    def address_keys(self) -> MongoAddressKeys:
        return MongoAddressKeys(self.connection)

    @property
    def signing_keys(self) -> MongoSigningKeys:
        return MongoSigningKeys(self.connection)

    @property
    def clients(self) -> MongoClients:
        return MongoClients(self.connection)

    @property
    def grants(self) -> MongoGrants:
        return MongoGrants(self.connection)

    @property
    def consents(self) -> MongoConsents:
        return MongoConsents(self.connection)

    @property
    def identities(self) -> MongoIdentities:
        return MongoIdentities(self.connection)

    @property
    def files(self) -> MongoFiles:
        return MongoFiles(self.connection)

    @property
    def uploads(self) -> MongoUploads:
        return MongoUploads(self.connection)

    @property
    def quotas(self) -> MongoQuotas:
        return MongoQuotas(self.connection)

"""What happened, in words."""

from collections.abc import Mapping
from typing import Final

from doorward.core.audit.records import AuditKind

WORDS: Final[Mapping[AuditKind, str]] = {
    AuditKind.CLAIM_MADE: "Somebody registered",
    AuditKind.CLAIM_REFUSED: "A registration was refused",
    AuditKind.ACCOUNT_VERIFIED: "An address was proven, and the account made",
    AuditKind.ACCOUNT_ADDED: "An account was added",
    AuditKind.USERNAME_CHANGED: "The username was changed",
    AuditKind.EMAIL_CHANGE_ASKED: "Another address was asked for",
    AuditKind.EMAIL_CHANGED: "The address was changed",
    AuditKind.ACCOUNT_DISABLED: "The account was disabled",
    AuditKind.ACCOUNT_ENABLED: "The account was enabled",
    AuditKind.ACCOUNT_CLOSING: "The account is being closed",
    AuditKind.ACCOUNT_KEPT: "The account was kept after all",
    AuditKind.ACCOUNT_DELETED: "The account was deleted",
    AuditKind.ACCOUNT_EXPORTED: "Everything about the account was taken along",
    AuditKind.ROLE_GRANTED: "A role was granted",
    AuditKind.ROLE_REVOKED: "A role was taken away",
    AuditKind.SIGN_IN: "Signed in",
    AuditKind.SIGN_IN_REFUSED: "A sign-in was refused",
    AuditKind.SIGN_IN_SUSPENDED: "Signing in was suspended",
    AuditKind.SIGN_IN_UNLOCKED: "Signing in was unlocked",
    AuditKind.PASSWORD_CHANGED: "The password was changed",
    AuditKind.PASSWORD_RESET: "The password was reset",
    AuditKind.PASSWORD_RESET_ASKED: "A new password was asked for",
    AuditKind.IDENTITY_LINKED: "Another provider was connected",
    AuditKind.IDENTITY_UNLINKED: "Another provider was disconnected",
    AuditKind.SESSION_ENDED: "A session was ended",
    AuditKind.SESSIONS_ENDED: "All sessions were ended",
    AuditKind.SESSION_REUSE: "A refresh token was used twice",
    AuditKind.CODE_ISSUED: "An application was given a code",
    AuditKind.CONSENT_GIVEN: "An application was allowed to act",
    AuditKind.CONSENT_REVOKED: "What an application may do was taken back",
    AuditKind.GRANT_STARTED: "An application began to act",
    AuditKind.GRANT_REVOKED: "An application was stopped",
    AuditKind.CODE_REUSE: "A code was used twice",
    AuditKind.HOST_ENTERED: "A host behind the gateway was entered",
    AuditKind.DEVICE_ALLOWED: "A device was let in",
    AuditKind.DEVICE_REFUSED: "A device was turned away",
    AuditKind.CLIENT_ADDED: "A client was added",
    AuditKind.CLIENT_REGISTERED: "A client registered itself",
    AuditKind.CLIENT_CHANGED: "A client was changed",
    AuditKind.CLIENT_SECRET_ROTATED: "A client was given a new secret",
    AuditKind.CLIENT_DISABLED: "A client was disabled",
    AuditKind.CLIENT_ENABLED: "A client was enabled",
    AuditKind.CLIENT_REMOVED: "A client was removed",
    AuditKind.KEY_MADE: "A signing key was made",
    AuditKind.JOB_RETRIED: "A job that was given up runs again",
    AuditKind.ADDRESSES_FORGOTTEN: "Keys of old addresses were destroyed",
    AuditKind.ADDRESS_LOOKED_UP: "A network address was looked up",
    AuditKind.FILE_KEPT: "A file was kept",
    AuditKind.FILE_REFUSED: "A file was refused",
    AuditKind.FILE_REMOVED: "A file was removed",
    AuditKind.AVATAR_CHANGED: "The picture was changed",
    AuditKind.AVATAR_REMOVED: "The picture was removed",
    AuditKind.STORE_RESTORED: "The store was restored from a backup",
    AuditKind.DEMO_DATA_MADE: "Made-up accounts were put into the store",
}
"""Every kind of event as a sentence without its end. One that is not here yet is shown by its name."""

ALARMING: Final = frozenset(
    {
        AuditKind.SIGN_IN_REFUSED,
        AuditKind.SIGN_IN_SUSPENDED,
        AuditKind.SESSION_REUSE,
        AuditKind.CODE_REUSE,
        AuditKind.CLAIM_REFUSED,
        AuditKind.DEVICE_REFUSED,
        AuditKind.STORE_RESTORED,
    }
)
"""What may be the work of somebody who should not be here."""


def said(kind: AuditKind) -> str:
    """Return what happened in words."""
    return WORDS.get(kind, kind.value)

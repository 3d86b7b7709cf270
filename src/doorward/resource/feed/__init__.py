"""Hearing of revocations as they happen, so that a token ends with its session and not with its five minutes."""

from doorward.resource.feed.credentials import ServiceCredentials
from doorward.resource.feed.feed import RevocationFeed
from doorward.resource.feed.told import Gap

__all__ = ["Gap", "RevocationFeed", "ServiceCredentials"]

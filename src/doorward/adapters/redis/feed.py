"""The feed between instances: what one commits, the others forget."""

from collections.abc import Callable, Collection

from doorward.adapters.redis.messages import Messages, News
from doorward.adapters.redis.notes import Notes
from doorward.adapters.redis.publisher import Publisher
from doorward.adapters.redis.subscriber import Subscriber
from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId

_SENDER_BYTES = 10


class RedisFeed:
    """Tells other instances that something changed, and hears the same of them. It never says what is so now.

    Nothing here blocks or fails: news that cannot be told make others forget everything, as soon as they can be told.
    Whoever hears nothing is no worse off than without a feed, since what is remembered ends with its bound.
    """

    def __init__(self, url: str, *, key: bytes, hear: Callable[[News], None], notes: Notes) -> None:
        messages = Messages(key, secrets.encode(secrets.random_bytes(_SENDER_BYTES)))
        self.channel = messages.channel
        self._publisher = Publisher(url, messages, notes)
        self._subscriber = Subscriber(url, messages, hear, notes)

    def changed(self, account_ids: Collection[AccountId]) -> None:
        """Tell of which accounts' sessions snapshots are stale."""
        self._publisher.tell(News(accounts=frozenset(account_ids)))

    def added_jobs(self) -> None:
        """Tell that there are new jobs."""
        self._publisher.tell(News(has_jobs=True))

    def changed_keys(self) -> None:
        """Tell that the signing keys changed."""
        self._publisher.tell(News(has_keys=True))

    def start(self) -> None:
        """Begin to listen."""
        self._subscriber.start()

    def close(self) -> None:
        """Listen no more, and tell what is still to be told."""
        self._subscriber.close()
        self._publisher.close()

"""Request counters that instances share, and that go on in each process when the server is away."""

from typing import Final

from doorward.adapters.limits.counters import LimitsCounters
from doorward.adapters.limits.window import allowance
from doorward.adapters.redis.pipeline import Pipeline, Question
from doorward.adapters.redis.window import Counted
from doorward.core.kernel import secrets
from doorward.core.limits.ports import Allowance, RateCounters
from doorward.core.limits.records import Limit

PREFIX: Final = "doorward:limits:"
_KEY_CHARACTERS: Final = 32


class RedisCounters(RateCounters):
    """Counts on a server that instances share, and in this process too.

    What fits there must also fit here, so the server can make a limit stricter and never wider, whatever happens to
    it or whoever writes into it. When it does not answer, the counters here go on alone, and count each request as if
    every instance had one of its kind. They are the same counters all the time: nothing is forgiven when the server
    goes, or when it comes back. What is counted is known by a MAC under `key`, which all instances have.
    """

    def __init__(self, pipeline: Pipeline, own: LimitsCounters, *, key: bytes, scale: int = 1) -> None:
        self._pipeline = pipeline
        self._own = own
        self._key = key
        self._scale = scale

    def hit(self, limit: Limit, key: str) -> Allowance:
        return self._judge(limit, key, self._pipeline.ask(self._question(limit, key)))

    async def hit_soon(self, limit: Limit, key: str) -> Allowance:
        """Return the same, and let others run meanwhile."""
        return self._judge(limit, key, await self._pipeline.ask_soon(self._question(limit, key)))

    def is_up(self) -> bool:
        """Tell whether the server answered when it was last asked."""
        return self._pipeline.is_up

    def _question(self, limit: Limit, key: str) -> Question:
        mac = secrets.mac(self._key, limit.name.encode(), key.encode("utf-8", "surrogatepass")).hex()
        name = f"{PREFIX}{{{mac[:_KEY_CHARACTERS]}}}"
        return Question(name, int(limit.window.total_seconds()), limit.amount * self._scale)

    def _judge(self, limit: Limit, key: str, found: Counted | None) -> Allowance:
        if found is None:
            self._pipeline.fell_back()
            return self._own.hit_as(limit, key, weight=self._pipeline.instances)
        shared = self._shared(limit, found)
        if not shared.admitted:
            return shared
        own = self._own.hit(limit, key)
        return own if own.remaining < shared.remaining or not own.admitted else shared

    def _shared(self, limit: Limit, found: Counted) -> Allowance:
        seconds = int(limit.window.total_seconds())
        before_lasts = found.lasts_seconds if found.before else 0.0
        window = (found.before, before_lasts, found.present, found.lasts_seconds + seconds)
        return allowance(window, amount=limit.amount * self._scale, seconds=seconds, admitted=found.is_admitted)

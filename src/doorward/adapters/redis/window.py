"""The sliding window as a script: judged and counted in one round trip, on one key.

The arithmetic is that of the counters in the process. Time is the server's own, the same for all who share it; when it
is set back, what was counted goes on counting. A key that holds nonsense counts as empty, and is written anew.
"""

from collections.abc import Sequence
from math import floor
from typing import Final, NamedTuple

from doorward.adapters.redis.wire import Nonsense, Reply

SERVER_TIME: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""

SLIDING_WINDOW: Final = """
local width = tonumber(ARGV[1]) * 1000000
local amount = tonumber(ARGV[2])
local window = math.floor(now / width)
local lasts = (window + 1) * width - now

local before, present, is_ahead = 0, 0, false
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'string' then
  local w, b, p = string.match(held, '^(%d+) (%d+) (%d+)$')
  w, b, p = tonumber(w), tonumber(b), tonumber(p)
  if w and math.max(w, b, p) > 1e15 then
    w = nil
  elseif w and w >= window then
    before, present, is_ahead = b, p, w > window
  elseif w and w == window - 1 then
    before = p
  end
end

local admitted = 0
if math.floor(before * lasts / width + present) + 1 <= amount then
  admitted, present = 1, present + 1
end
if admitted == 1 or is_ahead then
  local kept = string.format('%.0f %.0f %.0f', window, before, present)
  redis.call('SET', KEYS[1], kept, 'PX', math.ceil((lasts + width) / 1000))
end
return {admitted, before, lasts, present}
"""

SCRIPT: Final = SERVER_TIME + SLIDING_WINDOW
MICROSECONDS: Final = 1_000_000
_MOST: Final = 2**53


class Counted(NamedTuple):
    """What the script found: whether the request fits, and the window that it fell into."""

    is_admitted: bool
    before: int
    lasts_seconds: float
    present: int


def counted(reply: Reply, *, seconds: int, amount: int) -> Counted:
    """Return what the script's answer says, which must follow from its own numbers.

    Raises: Nonsense.
    """
    if not isinstance(reply, Sequence) or isinstance(reply, bytes):
        raise Nonsense
    numbers = [number for number in reply if isinstance(number, int) and 0 <= number < _MOST]
    match numbers:
        case [0 | 1 as admitted, before, lasts, present] if len(reply) == len(numbers):
            found = Counted(admitted == 1, before, lasts / MICROSECONDS, present)
        case _:
            raise Nonsense
    fits = floor(before * lasts / (seconds * MICROSECONDS) + present - admitted) + 1 <= amount
    if not 0 < lasts <= seconds * MICROSECONDS or fits is not found.is_admitted:
        raise Nonsense
    return found

"""When a session lives, and what a presented refresh token is to it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from doorward.core.kernel.ids import DeviceId
from doorward.core.kernel.secrets import same
from doorward.core.sessions.records import LIFETIMES, KnownDevice, Rotation, Session, Snapshot

OVERLAP: Final = timedelta(seconds=10)
"""How long the token before the live one still leads to the same successor."""

FRESH_FOR: Final = timedelta(minutes=5)
"""How long after a sign-in sensitive changes are allowed."""

REMEMBERED_GENERATIONS: Final = 10
MAX_REPLAYED_GENERATIONS: Final = 2
HISTORY: Final = (1 << REMEMBERED_GENERATIONS) - 1
BY_STRANGER: Final = 1 << REMEMBERED_GENERATIONS
"""The bit of `replays` above the history: the last rotation came without proof of the session's device."""


class Verdict(Enum):
    """What a presented refresh token leads to."""

    ROTATE = auto()
    REPLAY = auto()
    REFUSE = auto()
    REUSE = auto()


@dataclass(frozen=True, slots=True)
class Presented:
    """A refresh token from outside whose envelope is ours: which generation it claims to be, and its digest."""

    generation: int
    digest: bytes
    is_same_device: bool


def judge(session: Session, presented: Presented, now: datetime, *, away: timedelta = timedelta(0)) -> Verdict:
    """Return what the refresh token `presented` is to `session`.

    The live token rotates. The one before it leads to the same successor during the overlap, as often as it comes:
    two tabs and lost answers log nobody out. Of the last ten generations two may have been presented again, more only
    by the device that the session was started on, and only where that device had rotated it too; so a thief who keeps
    step, before the device or behind it, is found out in the third round. Anything older is reuse.

    `away` is how long of the time since the rotation nobody could be answered: the overlap stood still meanwhile.

    Source: RFC 9700 section 4.14.2.
    """
    if not is_live(session, now):
        return Verdict.REFUSE
    if presented.generation == session.generation:
        return Verdict.ROTATE if same(presented.digest, session.digest) else Verdict.REFUSE
    if presented.generation > session.generation:
        return Verdict.REFUSE
    return Verdict.REPLAY if _may_replay(session, presented, now - away) else Verdict.REUSE


def rotated(
    session: Session, *, digest: bytes, sealed_successor: bytes, is_same_device: bool, now: datetime
) -> Session:
    """Return the session after a rotation to the token with `digest`."""
    history = session.replays << 1 & HISTORY
    return replace(
        session,
        generation=session.generation + 1,
        digest=digest,
        superseded_digest=session.digest,
        superseded_at=now,
        sealed_successor=sealed_successor,
        replays=history if is_same_device else history | BY_STRANGER,
        last_seen_at=now,
        idle_expires_at=min(now + LIFETIMES[session.kind].idle, session.expires_at),
    )


def rotated_at_once(session: Session, snapshot: Snapshot, rotation: Rotation) -> Session | None:
    """Return the session after a rotation, or None when it takes a closer look: the token is not the live one."""
    if session.kind is not rotation.kind or not snapshot.is_live:
        return None
    is_same_device = KnownDevice(session.account_id, session.device_id or DeviceId("")) == rotation.known_device
    presented = Presented(rotation.generation, rotation.digest, is_same_device)
    if judge(session, presented, rotation.now) is not Verdict.ROTATE:
        return None
    return rotated(
        session,
        digest=rotation.successor_digest,
        sealed_successor=rotation.sealed_successor,
        is_same_device=is_same_device,
        now=rotation.now,
    )


def replayed(session: Session, presented: Presented) -> Session:
    """Return the session after its token before was presented again; the device's own repetitions do not count."""
    return session if _is_own(session, presented) else replace(session, replays=session.replays | 1)


def is_just_made(session: Session, digest: bytes, now: datetime, *, away: timedelta = timedelta(0)) -> bool:
    """Tell whether `digest` is that of the live token, and the token before still leads to it.

    Where several hold one token, as the tabs of a browser do, it need not rotate yet: as long as somebody may come late
    with the one before, the one after waits. `away` is as for `judge`.
    """
    since = session.superseded_at
    return since is not None and timedelta(0) <= now - away - since <= OVERLAP and same(digest, session.digest)


def is_live(session: Session, now: datetime) -> bool:
    """Tell whether the session has neither ended nor expired."""
    return session.ended_at is None and now < session.expires_at and now < session.idle_expires_at


def is_fresh(authenticated_at: datetime, now: datetime) -> bool:
    """Tell whether the sign-in is recent enough for sensitive changes (OWASP ASVS 5.0, 7.5.1)."""
    return now - authenticated_at <= FRESH_FOR


def _may_replay(session: Session, presented: Presented, now: datetime) -> bool:
    before = session.superseded_digest
    if presented.generation != session.generation - 1 or before is None or session.superseded_at is None:
        return False
    if not same(presented.digest, before) or now - session.superseded_at > OVERLAP:
        return False
    is_counted = bool(session.replays & 1)
    has_some_left = (session.replays & HISTORY).bit_count() < MAX_REPLAYED_GENERATIONS
    return is_counted or has_some_left or _is_own(session, presented)


def _is_own(session: Session, presented: Presented) -> bool:
    return presented.is_same_device and not session.replays & BY_STRANGER

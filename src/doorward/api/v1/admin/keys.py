"""The signing keys, for operators: where each stands, and making the next ones now."""

from datetime import datetime

from fastapi import APIRouter

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors
from doorward.api.v1.admin.operator import NeedsFreshOperator, NeedsOperator
from doorward.api.v1.bodies import AnswerBody
from doorward.core.keys.list_keys import KeySeen, KeySet, RotationSeen
from doorward.core.keys.records import Algorithm, KeyState

router = APIRouter(prefix="/v1/admin/keys", tags=[RouteClass.OPERATOR])


class KeyAnswer(AnswerBody):
    """A signing key; no half of it is shown here, and the public one is at /.well-known/jwks.json."""

    id: str
    algorithm: Algorithm
    state: KeyState
    created_at: datetime
    signs_from: datetime
    signs_until: datetime
    ends_at: datetime

    @classmethod
    def of(cls, seen: KeySeen) -> "KeyAnswer":
        """Return the answer for a key."""
        key = seen.key
        return cls(
            id=key.id,
            algorithm=key.algorithm,
            state=seen.state,
            created_at=key.created_at,
            signs_from=key.signs_from,
            signs_until=key.signs_until,
            ends_at=key.ends_at,
        )


class RotationAnswer(AnswerBody):
    """When the next key of an algorithm takes over, and whether it is published already."""

    algorithm: Algorithm
    at: datetime
    is_published: bool

    @classmethod
    def of(cls, rotation: RotationSeen) -> "RotationAnswer":
        """Return the answer for a rotation."""
        return cls(algorithm=rotation.algorithm, at=rotation.at, is_published=rotation.is_published)


class KeysAnswer(AnswerBody):
    """The signing keys, those that sign later first, and what comes next of each algorithm."""

    keys: list[KeyAnswer]
    rotations: list[RotationAnswer]

    @classmethod
    def of(cls, found: KeySet) -> "KeysAnswer":
        """Return the answer for all keys."""
        rotations = [RotationAnswer.of(rotation) for rotation in found.rotations]
        return cls(keys=[KeyAnswer.of(seen) for seen in found.keys], rotations=rotations)


@router.get("")
async def list_keys(_: NeedsOperator, doors: NeedsDoors) -> KeysAnswer:
    """List the signing keys."""
    return KeysAnswer.of(await doors.lanes.main(doors.flows.overview.list_keys))


@router.post("/rotate", status_code=201)
async def rotate_keys(session: NeedsFreshOperator, doors: NeedsDoors) -> KeysAnswer:
    """Publish new keys now. They sign after 24 hours, when every verifier has fetched them."""
    await doors.lanes.main(doors.flows.rotate_keys, force=True, actor_id=session.profile.id)
    return KeysAnswer.of(await doors.lanes.main(doors.flows.overview.list_keys))

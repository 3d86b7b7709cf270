"""The settings with their sources, for operators, and how this process is."""

from datetime import datetime

from fastapi import APIRouter

from doorward.api.classes import RouteClass
from doorward.api.doors import ShownSetting, State, states
from doorward.api.needs import NeedsDoors
from doorward.api.v1.admin.operator import NeedsOperator
from doorward.api.v1.bodies import AnswerBody
from doorward.core.operating.overview.slices import Slice, slices
from doorward.core.outbox.records import JobState

router = APIRouter(prefix="/v1/admin", tags=[RouteClass.OPERATOR])

MOST_SLICES = 30


class SettingAnswer(AnswerBody):
    """A setting. Of a secret, `value` is stars where there is one, always as many."""

    name: str
    section: str
    description: str
    value: str
    default: str
    source: str
    is_secret: bool

    @classmethod
    def of(cls, setting: ShownSetting) -> "SettingAnswer":
        """Return the answer for a setting."""
        return cls(**{name: getattr(setting, name) for name in cls.model_fields})


class SettingsAnswer(AnswerBody):
    """Every setting, in the order of the sections."""

    settings: list[SettingAnswer]


class SliceAnswer(AnswerBody):
    """What this process did in a while that ends at a moment; times in milliseconds."""

    until: datetime
    signed_in: int
    refused: int
    limited: int
    answered: int
    median_milliseconds: float | None
    p95_milliseconds: float | None
    ready_jobs: int | None
    dead_jobs: int | None

    @classmethod
    def of(cls, part: Slice) -> "SliceAnswer":
        """Return the answer for a while."""
        return cls(
            until=part.until,
            signed_in=part.signed_in,
            refused=part.refused,
            limited=part.limited,
            answered=part.answered,
            median_milliseconds=part.median,
            p95_milliseconds=part.slowest,
            ready_jobs=part.ready,
            dead_jobs=part.dead,
        )


class HealthAnswer(AnswerBody):
    """How the instance is that answers; each tells of itself alone, but for what stands in the store."""

    version: str
    started_at: datetime
    store: str
    cache: str
    worker_looked_at: datetime | None
    checks: dict[str, State]
    jobs: dict[JobState, int]
    lanes_waiting: dict[str, int]
    last_hour: list[SliceAnswer]


@router.get("/settings")
async def list_settings(_: NeedsOperator, doors: NeedsDoors) -> SettingsAnswer:
    """List every setting, its value and where that came from; secrets are hidden."""
    return SettingsAnswer(settings=[SettingAnswer.of(setting) for setting in doors.inside.settings()])


@router.get("/health")
async def show_health(_: NeedsOperator, doors: NeedsDoors) -> HealthAnswer:
    """Tell how the instance is that answers, and what it did in the last hour."""
    instance = doors.inside.instance()
    parts = slices(doors.inside.history(), MOST_SLICES)
    return HealthAnswer(
        version=doors.version,
        started_at=instance.started_at,
        store=instance.store,
        cache=instance.cache,
        worker_looked_at=instance.looked_at,
        checks=await states(doors),
        jobs=await doors.lanes.main(doors.flows.list_jobs.count),
        lanes_waiting=doors.lanes.waiting(),
        last_hour=[SliceAnswer.of(part) for part in parts],
    )

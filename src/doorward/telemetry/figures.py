"""FIGURES: everything that is counted, by the name that Prometheus has it under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from doorward.core.audit.records import AuditKind


class Kind(StrEnum):
    """How a figure moves: a counter only grows, a gauge rises and falls, a histogram counts seconds in buckets."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is counted. `labels` says of each label what its values are; none holds what a caller chose.

    `from_zero` are values that stand at zero before anything happens: what grows from nothing at all has no rate.
    """

    name: str
    kind: Kind
    what: str
    labels: Mapping[str, str] = field(default_factory=dict)
    from_zero: Sequence[str] = ()

    @property
    def shown(self) -> str:
        """The name under which a counter's values stand; others keep theirs."""
        return f"{self.name}_total" if self.kind is Kind.COUNTER else self.name


STREAMED: Final = (
    "/account/export",
    "/account/picture",
    "/console/audit/export",
    "/console/audit/verify",
    "/f/{file_id}",
    "/v1/admin/audit/export",
    "/v1/admin/audit/verify",
    "/v1/feed/revocations",
    "/v1/mobile/avatar",
    "/v1/mobile/files",
    "/v1/mobile/files/uploads/{upload_id}",
    "/v1/mobile/me/export",
    "/v1/web/avatar",
    "/v1/web/files",
    "/v1/web/files/uploads/{upload_id}",
    "/v1/web/me/export",
)
"""Routes whose bodies are as long as what they carry, and take as long as the caller's line; the feed has no end.

How long they take says nothing of how fast the others are.
"""

LANES: Final = ("hash", "shared", "main", "web", "files")
_LANE: Final = ", ".join(f"`{lane}`" for lane in LANES)
_ROUTE: Final = "path as declared, or `none`"

FIGURES: Final = (
    Figure(
        "doorward_http_requests",
        Kind.COUNTER,
        "Requests that were answered.",
        {
            "version": "version of the API, or `none`",
            "route": _ROUTE,
            "method": "method, or `other`",
            "status_class": "`2xx` to `5xx`",
        },
    ),
    Figure(
        "doorward_http_request_duration_seconds",
        Kind.HISTOGRAM,
        "How long an answer took.",
        {"route": _ROUTE, "method": "method, or `other`"},
    ),
    Figure(
        "doorward_logins",
        Kind.COUNTER,
        "Attempts to sign in with a password.",
        {"outcome": "`accepted`, `refused`, `limited` by a rate, `failed` on our side"},
        ("accepted", "refused", "limited", "failed"),
    ),
    Figure(
        "doorward_locks",
        Kind.COUNTER,
        "Accounts whose sign-in was suspended after wrong passwords, and those that were unlocked.",
        {"change": "`suspended`, `unlocked`"},
        ("suspended", "unlocked"),
    ),
    Figure(
        "doorward_refresh_rotations",
        Kind.COUNTER,
        "Refresh tokens that were exchanged.",
        {"kind": "`web`, `mobile`, `client`"},
        ("web", "mobile", "client"),
    ),
    Figure(
        "doorward_reuses",
        Kind.COUNTER,
        "Credentials that came a second time, so that somebody else may have them; what they began is revoked.",
        {"kind": "`refresh_token`, `code`"},
        ("refresh_token", "code"),
    ),
    Figure(
        "doorward_audit_events",
        Kind.COUNTER,
        "Events that this process wrote into the audit log.",
        {"kind": "[audit event](audit-events.md)"},
        tuple(kind.value for kind in AuditKind),
    ),
    Figure("doorward_rate_limited", Kind.COUNTER, "Requests refused by a rate limit.", {"route": _ROUTE}),
    Figure(
        "doorward_lane_wait_seconds",
        Kind.HISTOGRAM,
        "How long a flow waited for a thread.",
        {"lane": _LANE},
    ),
    Figure("doorward_lane_waiting", Kind.GAUGE, "Flows that wait for a thread.", {"lane": _LANE}),
    Figure(
        "doorward_lane_refusals",
        Kind.COUNTER,
        "Flows that were turned away with 503, because so many waited already.",
        {"lane": _LANE},
        LANES,
    ),
    Figure(
        "doorward_store_seconds",
        Kind.HISTOGRAM,
        "How long the store was used, from asking for it to having it done: with what is computed in between.",
        {"operation": "`read`, `write` with its commit, `rotate` of refresh tokens"},
    ),
    Figure("doorward_store_in_use", Kind.GAUGE, "Uses of the store that go on, with those that wait for a connection."),
    Figure("doorward_store_connections_most", Kind.GAUGE, "How many connections to the store there may be."),
    Figure(
        "doorward_store_failures",
        Kind.COUNTER,
        "Uses of the store that failed because it was away, full or locked.",
        {"operation": "`read`, `write`, `rotate`"},
        ("read", "write", "rotate"),
    ),
    Figure("doorward_store_up", Kind.GAUGE, "1 where the store gave these figures, 0 where it is away."),
    Figure("doorward_queue_jobs", Kind.GAUGE, "Jobs in the outbox.", {"state": "`ready`, `done`, `dead`"}),
    Figure(
        "doorward_queue_waiting_jobs",
        Kind.GAUGE,
        "Jobs that wait, by name; those that this release does not know are `unknown`.",
        {"name": "[job](jobs.md), or `unknown`"},
    ),
    Figure("doorward_queue_oldest_age_seconds", Kind.GAUGE, "For how long the oldest job has been due; 0 for none."),
    Figure(
        "doorward_jobs",
        Kind.COUNTER,
        "Jobs that this process did.",
        {"name": "[job](jobs.md), or `unknown`", "outcome": "`done`, `failed` for now, `given_up`, `lost` to another"},
    ),
    Figure("doorward_job_duration_seconds", Kind.HISTOGRAM, "How long a job took.", {"name": "[job](jobs.md)"}),
    Figure(
        "doorward_mails",
        Kind.COUNTER,
        "Mails that this process handed to the mail server.",
        {"outcome": "`sent`, `failed` for now, `given_up`"},
        ("sent", "failed", "given_up"),
    ),
    Figure(
        "doorward_schedule_last_success_age_seconds",
        Kind.GAUGE,
        "How long ago each scheduled task was last done, by whichever worker.",
        {"task": "[scheduled job](jobs.md)"},
    ),
    Figure(
        "doorward_worker_last_look_age_seconds",
        Kind.GAUGE,
        "How long ago the worker of this process last looked for jobs; NaN where none runs.",
    ),
    Figure(
        "doorward_signing_key_signs_for_seconds",
        Kind.GAUGE,
        "How long there is a key that signs, with those that are published already; 0 where none signs now.",
        {"algorithm": "signature algorithm"},
    ),
    Figure(
        "doorward_address_key_oldest_age_seconds",
        Kind.GAUGE,
        "The age of the oldest key that still ties addresses to pseudonyms.",
    ),
    Figure("doorward_cache_away", Kind.GAUGE, "1 while the cache that instances share does not answer."),
    Figure(
        "doorward_cache_fallbacks",
        Kind.COUNTER,
        "Requests against limits that were counted in this process alone.",
    ),
    Figure("doorward_feed_away", Kind.GAUGE, "1 while news from other instances may be missed."),
    Figure(
        "doorward_feed_lag_seconds",
        Kind.GAUGE,
        "How long the last news of this process took to come back through the cache; NaN before the first.",
    ),
    Figure(
        "doorward_feed_overflows",
        Kind.COUNTER,
        "Times that others were told to forget everything, so much had changed.",
    ),
    Figure(
        "doorward_spans",
        Kind.COUNTER,
        "Spans that a collector was told of, and those that were lost because it was away or slow.",
        {"outcome": "`told`, `lost`"},
        ("told", "lost"),
    ),
    Figure(
        "doorward_build_info",
        Kind.GAUGE,
        "1, for what runs here.",
        {"version": "release", "python": "release of Python"},
    ),
)
"""Everything that is counted."""

BY_NAME: Final[Mapping[str, Figure]] = {figure.name: figure for figure in FIGURES}

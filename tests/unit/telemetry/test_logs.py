import io
import logging
from collections.abc import Callable, MutableMapping

import pytest
import structlog

from doorward.core.kernel.cause import caused_by, request_id
from doorward.telemetry.chain import LEVELS
from doorward.telemetry.logs import EventLogger, configure_logs

Events = Callable[[], list[dict[str, object]]]


def a_logger(name: str) -> logging.Logger:
    return logging.getLogger(name)  # noqa: TID251 (stands for a library's own)


def test_logger_writes_one_json_line_an_event(logged: Events) -> None:
    EventLogger("test").info("thing.happened", count=3)

    (event,) = logged()
    assert {key: event[key] for key in ("event", "level", "logger_name", "count")} == {
        "event": "thing.happened",
        "level": "info",
        "logger_name": "doorward.test",
        "count": 3,
    }
    assert str(event["timestamp"]).endswith("Z")


def test_logger_below_the_level_writes_nothing() -> None:
    stream = io.StringIO()
    configure_logs("warning", "json", stream=stream)

    EventLogger("t").info("quiet")
    EventLogger("t").warning("loud")

    assert [line for line in stream.getvalue().splitlines() if "quiet" in line] == []
    assert "loud" in stream.getvalue()


def test_logger_members_that_many_events_share_are_told_as_all_others_are(logged: Events) -> None:
    told = {"method": "POST", "route": "/a b", "status": 200, "token": "x", "said": f"Bearer {'y' * 20}", "none": None}

    EventLogger("test").info("thing.happened", **told)
    for kept in ([*told.items()][:3], [*told.items()][3:], [*told.items()]):
        left = {name: value for name, value in told.items() if (name, value) not in kept}
        EventLogger("test").say(LEVELS["info"], "thing.happened", tuple(kept), **left)

    first, *others = [{name: value for name, value in event.items() if name != "timestamp"} for event in logged()]
    assert others == [first] * 3
    assert (first["token"], first["said"]) == ("[redacted]", "Bearer [redacted]")


def test_logger_members_that_many_events_share_stay_on_the_line_of_the_console() -> None:
    stream = io.StringIO()
    configure_logs("info", "console", stream=stream)
    kept = (("route", "a\n2026 [error] forged"), ("status", 200))

    EventLogger("t").say(LEVELS["info"], "thing.happened", kept, request_id="r1", said="a\nb")
    EventLogger("t").info("thing.happened", **dict(kept), request_id="r1", said="a\nb")

    first, second = (line.partition(" ")[2] for line in stream.getvalue().splitlines())
    assert first.replace(" request_id=r1", "") == second.replace(" request_id=r1", "")


def test_logger_on_the_console_is_for_people() -> None:
    stream = io.StringIO()
    configure_logs("info", "console", stream=stream)

    EventLogger("t").info("thing.happened", password="hunter2")

    assert "thing.happened" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_logger_on_the_console_keeps_an_event_on_its_line() -> None:
    stream = io.StringIO()
    configure_logs("info", "console", stream=stream)

    EventLogger("t").info("thing.happened", said="a\n2026 [error] forged")
    a_logger("uvicorn.error").warning("odd\n2026 [error] forged")

    assert len(stream.getvalue().splitlines()) == 2


def test_logger_on_the_console_shows_a_trace_below_its_event() -> None:
    stream = io.StringIO()
    configure_logs("info", "console", stream=stream)

    EventLogger("t").error("thing.failed", exc_info=ValueError("why"))

    assert stream.getvalue().splitlines()[1:] == ["ValueError: why"]


def test_logger_inside_a_request_names_it(logged: Events) -> None:
    with caused_by("r1"):
        EventLogger("t").info("inside")
    EventLogger("t").info("outside")

    inside, outside = logged()
    assert inside["request_id"] == "r1"
    assert "request_id" not in outside
    assert request_id() is None


def test_library_log_goes_the_same_way_redacted(logged: Events) -> None:
    a_logger("uvicorn.error").warning("Bearer %s", "abcdefghijklmnop")

    (event,) = logged()
    assert (event["logger_name"], event["event"], event["level"]) == ("uvicorn.error", "Bearer [redacted]", "warning")


def test_library_debug_is_never_written(logged: Events) -> None:
    a_logger("sqlalchemy.engine").debug("SELECT secrets")

    assert logged() == []


def test_logger_exception_tells_where_without_its_locals(logged: Events) -> None:
    password = "hunter2"
    error = ValueError(f"postgresql://me:{password}@db is away")

    EventLogger("t").error("thing.failed", exc_info=error)

    (event,) = logged()
    assert "ValueError" in str(event["exception"])
    assert "hunter2@" not in str(event["exception"])


@pytest.mark.parametrize(("level", "form"), [("loud", "json"), ("info", "xml")])
def test_configure_logs_unknown_choice_refuses(level: str, form: str) -> None:
    with pytest.raises(KeyError):
        configure_logs(level, form)


def test_logger_mounted_without_structlog_uses_the_standard_library(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="doorward.test"):
        EventLogger("test").info("thing.happened", count=3, password="hunter2")

    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("doorward.test", "thing.happened count=3 password=[redacted]")
    ]


def test_logger_mounted_below_the_level_writes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING", logger="doorward.test"):
        EventLogger("test").info("thing.happened")

    assert caplog.records == []


def test_logger_mounted_in_an_application_with_structlog_uses_its_chain_without_secrets() -> None:
    events: list[dict[str, object]] = []

    def keep(_logger: object, _method: str, event: MutableMapping[str, object]) -> str:
        events.append(dict(event))
        return ""

    structlog.configure(processors=[keep], logger_factory=structlog.PrintLoggerFactory(io.StringIO()))

    EventLogger("test").info("thing.happened", token="hunter2")

    assert [(event["event"], event["token"]) for event in events] == [("thing.happened", "[redacted]")]

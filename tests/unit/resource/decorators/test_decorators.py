import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from doorward.core.kernel.errors import Invalid
from doorward.resource import ScopeMissing, SignInNeeded, TokenMissing, acting
from doorward.resource.decorators import Audited, audited, cached, requires, timed, validated
from doorward.testing.clock import FixedClock
from tests.builders import NOW, an_access_token

TOKEN = replace(an_access_token(), subject="margaret", client_id="notes-app", scope="notes.read")
MINUTE = timedelta(minutes=1)
DECORATORS: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "requires": requires(scope="notes.read"),
    "audited": audited("notes.read"),
    "timed": timed(),
    "cached": cached(lasts=MINUTE),
    "validated": validated,
}
EACH = pytest.mark.parametrize("decorate", DECORATORS.values(), ids=DECORATORS.keys())


def add(first: int, second: int = 2, *, third: int = 3) -> int:
    """Add three numbers."""
    return first + second + third


async def add_soon(first: int, second: int = 2, *, third: int = 3) -> int:
    """Add three numbers, soon."""
    await asyncio.sleep(0)
    return first + second + third


def run(function: Callable[..., Any], *args: object, **kwargs: object) -> object:
    """Return what a function gives, and wait for it where it is awaited."""
    outcome = function(*args, **kwargs)
    return asyncio.run(outcome) if inspect.iscoroutine(outcome) else outcome


def numbers() -> Iterator[int]:
    yield 1


async def numbers_soon() -> AsyncIterator[int]:
    yield 1


@EACH
@pytest.mark.parametrize("function", [add, add_soon])
def test_decorated_function_keeps_what_it_is(
    decorate: Callable[[Callable[..., Any]], Callable[..., Any]], function: Callable[..., Any]
) -> None:
    decorated = decorate(function)

    assert (decorated.__name__, decorated.__doc__) == (function.__name__, function.__doc__)
    assert inspect.signature(decorated) == inspect.signature(function)
    assert inspect.iscoroutinefunction(decorated) is inspect.iscoroutinefunction(function)


@EACH
def test_decorated_function_does_what_it_did(decorate: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    with acting(TOKEN):
        assert decorate(add)(1, third=4) == 7
        assert asyncio.run(decorate(add_soon)(1, third=4)) == 7


@EACH
@pytest.mark.parametrize("function", [numbers, numbers_soon])
def test_generator_cannot_be_decorated(
    decorate: Callable[[Callable[..., Any]], Callable[..., Any]], function: Callable[..., Any]
) -> None:
    with pytest.raises(TypeError, match="generator"):
        decorate(function)


def test_all_of_them_at_once_do_what_each_does() -> None:
    written: list[Audited] = []
    decorated = requires(scope="notes.read")(
        audited("notes.added", fields=["first"], write=written.append)(timed()(cached(lasts=MINUTE)(validated(add))))
    )

    with acting(TOKEN):
        assert decorated(1) == 6

    assert [(entry.event, entry.fields) for entry in written] == [("notes.added", {"first": "1"})]


@pytest.mark.parametrize("function", [add, add_soon])
def test_requires_without_a_token_lets_nobody_in(function: Callable[..., Any]) -> None:
    called: list[int] = []

    def spy(number: int) -> None:
        called.append(number)

    with pytest.raises(TokenMissing):
        requires()(spy)(1)
    with pytest.raises(TokenMissing):
        run(requires()(function), 1)
    assert called == []


def test_requires_more_than_the_token_has_is_refused() -> None:
    with acting(TOKEN), pytest.raises(ScopeMissing):
        requires(scope="notes.write")(add)(1)


def test_requires_a_sign_in_more_recent_than_it_was_is_refused() -> None:
    clock = FixedClock(NOW)
    guarded = requires(fresh=MINUTE, clock=clock)(add)
    with acting(TOKEN):
        assert guarded(1) == 6
        clock.advance(MINUTE * 2)
        with pytest.raises(SignInNeeded):
            guarded(1)


def test_timed_tells_how_long_it_took_also_when_it_failed() -> None:
    told: list[tuple[str, timedelta]] = []

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        timed(lambda name, took: told.append((name, took)))(fail)()

    assert told[0][0].endswith("fail")
    assert told[0][1] >= timedelta(0)


def test_timed_includes_what_is_awaited() -> None:
    began: list[str] = []

    async def wait() -> None:
        await asyncio.sleep(0)
        began.append("waited")

    asyncio.run(timed(lambda *_: began.append("told"))(wait)())

    assert began == ["waited", "told"]


def test_timed_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "doorward.timing"):
        timed()(add)(1)

    assert "add took" in caplog.text


def test_audited_writes_who_did_what_and_no_argument_that_was_not_asked_for() -> None:
    written: list[Audited] = []

    def save(name: str, password: str) -> None:
        del name, password

    with acting(TOKEN):
        audited("notes.saved", fields=["name"], write=written.append)(save)("one", password="hunter2")

    assert written == [Audited("notes.saved", "done", "margaret", "notes-app", TOKEN.session_id, {"name": "one"})]


@pytest.mark.parametrize(
    ("error", "outcome"), [(ScopeMissing("more"), "SCOPE_MISSING"), (ValueError("hunter2"), "ValueError")], ids=str
)
def test_audited_writes_how_it_ended_and_never_the_message(error: Exception, outcome: str) -> None:
    written: list[Audited] = []

    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        audited("notes.saved", write=written.append)(fail)()

    assert written == [Audited("notes.saved", outcome, None, None, None, {})]


def test_audited_that_cannot_be_written_is_not_done_in_silence() -> None:
    def full(_: Audited) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        audited("notes.saved", write=full)(add)(1)


def test_audited_argument_that_there_is_not_is_told_at_once() -> None:
    with pytest.raises(TypeError, match="fourth"):
        audited("notes.saved", fields=["fourth"])(add)


def test_audited_call_that_does_not_fit_is_told_as_python_does() -> None:
    with pytest.raises(TypeError, match="missing"):
        audited("notes.saved", fields=["first"], write=lambda _: None)(add)()  # type: ignore[call-arg]  # on purpose


def test_audited_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "doorward.audit"), acting(TOKEN):
        audited("notes.saved")(add)(1)

    assert "notes.saved" in caplog.text
    assert "margaret" in caplog.text


def counted(
    *, clock: FixedClock | None = None, is_shared_by_everybody: bool = False, max_entries: int = 100
) -> tuple[Callable[..., int], Callable[..., Any], list[object]]:
    """Return a function that counts its calls, one that is awaited, and the calls."""
    calls: list[object] = []
    remember = cached(
        lasts=MINUTE,
        clock=clock or FixedClock(),
        is_shared_by_everybody=is_shared_by_everybody,
        max_entries=max_entries,
    )

    def count(value: object) -> int:
        calls.append(value)
        return len(calls)

    async def count_soon(value: object) -> int:
        calls.append(value)
        return len(calls)

    return remember(count), remember(count_soon), calls


def test_cached_answers_from_memory_for_a_while() -> None:
    clock = FixedClock()
    count, count_soon, _ = counted(clock=clock)

    assert [count("a"), count("a"), count("b")] == [1, 1, 2]
    assert [asyncio.run(count_soon("a")), asyncio.run(count_soon("a"))] == [3, 3]
    clock.advance(MINUTE)
    assert count("a") == 4


@pytest.mark.parametrize("value", [1, 1.0, True])
def test_cached_tells_equal_values_of_other_types_apart(value: object) -> None:
    count, _, calls = counted()
    for one in (1, 1.0, True, value):
        count(one)

    assert len(calls) == 3


@pytest.mark.parametrize(
    "change", [{"subject": "other"}, {"client_id": "other"}, {"scope": "other"}, {"roles": ("other",)}, {"issuer": "x"}]
)
def test_cached_answer_of_one_caller_is_never_given_to_another(change: dict[str, Any]) -> None:
    count, _, calls = counted()
    with acting(TOKEN):
        count("a")
    with acting(replace(TOKEN, **change)):
        count("a")
    count("a")

    assert len(calls) == 3


def test_cached_answer_for_everybody_is_given_to_everybody() -> None:
    count, _, calls = counted(is_shared_by_everybody=True)
    with acting(TOKEN):
        count("a")
    count("a")

    assert len(calls) == 1


def test_cached_failure_is_not_remembered() -> None:
    calls: list[int] = []

    def fail(value: int) -> None:
        calls.append(value)
        raise ZeroDivisionError

    failing = cached(lasts=MINUTE)(fail)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            failing(1)

    assert calls == [1, 1]


def test_cached_none_is_an_answer() -> None:
    calls: list[int] = []
    remember = cached(lasts=MINUTE)(calls.append)

    assert [remember(1), remember(1)] == [None, None]
    assert calls == [1]


@pytest.mark.parametrize("most", [0, 2])
def test_cached_remembers_a_bounded_number(most: int) -> None:
    count, _, calls = counted(max_entries=most)
    for value in (*range(10), 9):
        count(value)

    assert len(calls) == (10 if most else 11)


def test_cached_argument_that_cannot_be_told_apart_is_an_error() -> None:
    count, _, _ = counted()

    with pytest.raises(TypeError, match="unhashable"):
        count([1])


def test_validated_converts_and_checks() -> None:
    assert validated(add)("1", third="4") == 7  # type: ignore[arg-type]  # that is what it is for
    assert asyncio.run(validated(add_soon)("1")) == 6  # type: ignore[arg-type]  # same


@pytest.mark.parametrize(
    ("args", "kwargs", "pointer"),
    [(("x",), {}, "/first"), ((1, "x"), {}, "/second"), ((1,), {"third": "x"}, "/third"), ((), {}, "/first")],
    ids=str,
)
@pytest.mark.parametrize("function", [add, add_soon])
def test_validated_call_that_does_not_fit_names_the_argument(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        run(validated(function), *args, **kwargs)

    assert refused.value.pointer == pointer


def test_validated_never_shows_what_was_sent() -> None:
    with pytest.raises(Invalid) as refused:
        validated(add)("hunter2")  # type: ignore[arg-type]  # on purpose

    assert "hunter2" not in f"{refused.value} {refused.value.reason} {refused.value.__cause__}"


def test_validated_error_of_the_function_stays_what_it_is() -> None:
    def inner(number: int) -> int:
        return number

    def outer(number: int) -> int:
        return validated(inner)(f"x{number}")  # type: ignore[arg-type]  # on purpose

    with pytest.raises(Invalid) as refused:
        validated(outer)(1)
    assert refused.value.pointer == "/number"


def test_acting_ends_with_its_block() -> None:
    with acting(TOKEN):
        assert requires()(add)(1) == 6
    with pytest.raises(TokenMissing):
        requires()(add)(1)

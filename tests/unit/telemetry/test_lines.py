import io
import logging
import threading

from doorward.telemetry.lines import MOST_WAITING, LineWriter


class Announcing(io.StringIO):
    """A stream that tells when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def flush(self) -> None:
        self.written.set()


def say_often(writer: LineWriter) -> None:
    for _ in range(500):
        writer.say("abc")


def test_say_line_is_written_soon_by_another_thread() -> None:
    stream = Announcing()

    LineWriter(stream).say("one")

    assert stream.written.wait(10)
    assert stream.getvalue() == "one\n"


def test_drain_writes_what_waits_in_order() -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)

    for number in range(100):
        writer.info(str(number))
    writer.drain()

    assert stream.getvalue().split() == [str(number) for number in range(100)]


def test_write_many_threads_loses_and_mixes_nothing() -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)
    threads = [threading.Thread(target=say_often, args=(writer,)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.drain()

    assert stream.getvalue() == "abc\n" * 4000


def test_write_more_than_can_wait_loses_the_oldest() -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)
    writer._there.set()  # so that no thread is started, as if the stream took nothing

    for number in range(MOST_WAITING + 5):
        writer.say(str(number))
    writer.drain()

    assert stream.getvalue().splitlines()[0] == "5"


def test_drain_stream_that_is_gone_is_given_up() -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)
    stream.close()

    writer.say("one")
    writer.drain()

    assert stream.closed


class Stuck(io.StringIO):
    """A stream that takes nothing until it is let go on, as a pipe that nobody empties."""

    def __init__(self) -> None:
        super().__init__()
        self.is_stuck = threading.Event()
        self.go_on = threading.Event()

    def write(self, text: str) -> int:
        self.is_stuck.set()
        self.go_on.wait(30)
        return super().write(text)


def test_say_while_the_stream_takes_nothing_holds_up_nobody() -> None:
    stream = Stuck()
    writer = LineWriter(stream)
    writer.say("first")
    assert stream.is_stuck.wait(10)

    speaker = threading.Thread(target=say_often, args=[writer], daemon=True)
    speaker.start()
    speaker.join(10)
    was_held_up = speaker.is_alive()
    stream.go_on.set()

    assert not was_held_up


def test_line_of_a_library_while_the_stream_takes_nothing_holds_up_nobody() -> None:
    stream = Stuck()
    writer = LineWriter(stream)
    handler = logging.StreamHandler(writer)  # it flushes after every line
    writer.say("first")
    assert stream.is_stuck.wait(10)

    record = logging.makeLogRecord({"msg": "Invalid HTTP request received."})
    speaker = threading.Thread(target=handler.handle, args=[record], daemon=True)
    speaker.start()
    speaker.join(10)
    was_held_up = speaker.is_alive()
    stream.go_on.set()

    assert not was_held_up

"""Uploads against a model: in whatever order things are done, what is kept is what was sent."""

from datetime import timedelta
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from doorward.core.files.append_to_upload import Appending
from doorward.core.files.errors import OffsetMismatch, QuotaExceeded, TooLarge
from doorward.core.files.records import FileId
from doorward.core.kernel.errors import NotFound
from tests.builders import ACCOUNT
from tests.house import House
from tests.stores import a_memory_store
from tests.unit.core.files.hands import PDF, lying, reachable, read

_LONGEST: Final = len(PDF)


class UploadMachine(RuleBasedStateMachine):
    """Several uploads of one account at once. The model is where each stands, and which have become files."""

    uploads = Bundle("uploads")
    appendings = Bundle("appendings")

    def __init__(self) -> None:
        super().__init__()
        self.house = House(a_memory_store())
        self.stands: dict[FileId, int] = {}
        self.lengths: dict[FileId, int] = {}
        self.files: set[FileId] = set()

    @rule(target=uploads, length=st.integers(16, _LONGEST))
    def begin(self, length: int) -> FileId:
        try:
            upload_id = self.house.flows.files.begin(ACCOUNT, length=length, name="a.pdf").id
        except QuotaExceeded:
            upload_id = FileId("z" * 26)
        else:
            self.stands[upload_id], self.lengths[upload_id] = 0, length
        return upload_id

    @rule(target=appendings, upload_id=uploads, offset=st.integers(0, _LONGEST), count=st.integers(1, _LONGEST))
    def take(self, upload_id: FileId, offset: int, count: int) -> tuple[Appending, FileId, int, int] | None:
        at = self.stands.get(upload_id, 0) if offset % 3 else offset
        try:
            appending = self.house.flows.files.append(ACCOUNT, upload_id, offset=at)
        except (NotFound, OffsetMismatch):
            assert self.stands.get(upload_id) != at
            return None
        assert self.stands[upload_id] == at
        content = PDF[at : at + count]
        try:
            appending.take(content)
        except TooLarge:
            assert at + len(content) > self.lengths[upload_id]
            appending.drop()
            return None
        return appending, upload_id, at, len(content)

    @rule(taken=consumes(appendings))
    def end(self, taken: tuple[Appending, FileId, int, int] | None) -> None:
        if taken is None:
            return
        appending, upload_id, at, count = taken
        try:
            progress = appending.end()
        except OffsetMismatch:
            assert self.stands.get(upload_id) != at
            return
        assert self.stands[upload_id] == at
        self.stands[upload_id] = at + count
        assert progress.offset == at + count
        if progress.file is not None:
            assert self.stands.pop(upload_id) == self.lengths[upload_id]
            self.files.add(upload_id)

    @rule(upload_id=uploads)
    def drop(self, upload_id: FileId) -> None:
        try:
            self.house.flows.files.drop(ACCOUNT, upload_id)
        except NotFound:
            assert upload_id not in self.stands
        else:
            del self.stands[upload_id]

    @rule(upload_id=uploads)
    def remove(self, upload_id: FileId) -> None:
        try:
            self.house.flows.files.remove(ACCOUNT, upload_id)
        except NotFound:
            assert upload_id not in self.files
        else:
            self.files.remove(upload_id)

    @rule(hours=st.sampled_from([1, 25]))
    def collect(self, hours: int) -> None:
        self.house.clock.pause(timedelta(hours=hours))
        self.house.flows.files.remove_orphans()
        with self.house.store.view() as view:
            self.stands = {each: at for each, at in self.stands.items() if view.uploads.by_id(each)}

    @invariant()
    def files_are_what_was_sent(self) -> None:
        kept = {file.id for file in self.house.flows.files.list(ACCOUNT, size=200).page.items}
        assert kept == self.files
        assert all(read(self.house, ACCOUNT, each) == PDF[: self.lengths[each]] for each in kept)

    @invariant()
    def what_is_counted_is_what_is_there(self) -> None:
        assert self.house.flows.files.list(ACCOUNT).used_bytes == 4096 * (len(self.files) + len(self.stands))

    @invariant()
    def nothing_that_is_named_is_missing(self) -> None:
        assert reachable(self.house) <= lying(self.house.heaps)


TestUploads = UploadMachine.TestCase
TestUploads.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

import pytest

from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.core.kernel.ids import JobId
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.post import SEND_LETTER, Post
from doorward.core.outbox.records import JobState, Letter, LetterKind, Mail
from doorward.core.outbox.send_letter import SendLetter
from tests.builders import NOW
from tests.house import House, Postman

LETTER = Letter(
    LetterKind.VERIFY_EMAIL, "m@mail.example", "margaret", token="secret-token", code="12345678", happened_at=NOW
)


def test_letter_travels_sealed_and_arrives_whole(house: House) -> None:
    with house.store.work() as work:
        house.tools.post.letter(work.outbox, LETTER, now=NOW)
        (job,) = work.outbox.list(JobState.READY)

    assert job.name == SEND_LETTER
    assert not any(word in job.sealed_payload for word in (b"secret-token", b"12345678", b"mail.example"))
    assert house.deliver() == [LETTER]
    assert [mail.id for mail in house.postman.mails] == [job.id]


def test_letter_with_a_key_that_is_taken_is_not_queued_again(house: House) -> None:
    with house.store.work() as work:
        queued = [house.tools.post.letter(work.outbox, LETTER, now=NOW, dedupe_key="once") for _ in range(3)]

    assert queued == [True, False, False]
    assert len(house.deliver()) == 1


def test_open_job_of_another_deployment_is_an_error(house: House) -> None:
    stranger = Post(AesGcmSealer(bytes(32)))
    with house.store.work() as work:
        house.tools.post.letter(work.outbox, LETTER, now=NOW)
        (job,) = work.outbox.list(JobState.READY)

    with pytest.raises(ValueError, match=job.id):
        stranger.open(job)


def test_open_payload_moved_to_another_job_is_an_error(house: House) -> None:
    with house.store.work() as work:
        for _ in range(2):
            house.tools.post.letter(work.outbox, LETTER, now=NOW)
        one, other = work.outbox.list(JobState.READY)

    with pytest.raises(ValueError, match=one.id):
        house.tools.post.open(type(one)(one.id, one.name, other.sealed_payload, NOW, NOW))


class Away(Postman):
    def send(self, mail: Mail) -> None:
        raise DeliveryFailed(mail.to)


def test_send_letter_that_nobody_takes_is_tried_again(house: House) -> None:
    flow = SendLetter(house.postman, Away(), house.clock)

    with pytest.raises(DeliveryFailed):
        flow(JobId("j" * 26), {"kind": "account_kept", "to": "m@mail.example", "username": "margaret"})

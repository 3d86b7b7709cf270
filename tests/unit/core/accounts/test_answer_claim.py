from doorward.core.kernel.ids import JobId
from doorward.core.outbox.records import JobState
from tests.house import HOME, PASSWORD, House, code_of


def test_answer_claim_run_again_sends_one_mail_whose_code_works(house: House) -> None:
    house.flows.register("margaret", "margaret@mail.example", password=PASSWORD, caller=HOME)
    with house.store.work() as work:
        (job,) = work.outbox.list(JobState.READY)
    payload = house.tools.post.open(job)

    for _ in range(2):
        house.flows.answer_claim(job.id, payload)
    with house.store.work() as work:
        work.outbox.finish(job.id)
    (letter,) = house.deliver()

    assert house.flows.verify_email.by_code(letter.to, code_of(letter))


def test_answer_claim_that_is_gone_sends_nothing(house: House) -> None:
    house.flows.answer_claim(JobId("j" * 26), {"claim_id": "c" * 26})
    house.flows.answer_claim(JobId("k" * 26), {})

    assert house.deliver() == []
